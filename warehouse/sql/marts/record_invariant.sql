-- Grain: equality that must hold to the unit, each side counted on its own way from facts to figure.
WITH sides (name, left_side, right_side, detail) AS (
    SELECT 'doses_nation_equals_areas', (SELECT count(*) FROM core.dose WHERE NOT voided),
           (SELECT coalesce(sum(doses), 0) FROM mart.doses_by_day),
           'doses held = provinces + central units + unknown place'
    UNION ALL
    SELECT 'doses_two_clocks', (SELECT coalesce(sum(doses), 0) FROM mart.doses_by_day),
           (SELECT coalesce(sum(doses), 0) FROM mart.doses_by_recorded_day), 'by day of injection = by day of recording'
    UNION ALL
    SELECT 'people_nation_equals_areas', (SELECT count(*) FROM core.person_series),
           (SELECT coalesce(sum(dose1_people), 0) FROM mart.people_by_area WHERE population_group = 'all'),
           'people with a dose = provinces + unknown residence'
    UNION ALL
    SELECT 'people_curve_equals_total',
           (SELECT coalesce(sum(dose1_people + full_people), 0) FROM mart.people_by_day WHERE population_group = 'all'),
           (SELECT coalesce(sum(dose1_people + full_people), 0) FROM mart.people_by_area WHERE population_group = 'all'),
           'people summed over days = people by area'
    UNION ALL
    SELECT 'people_have_doses', (SELECT count(*) FROM core.person_series),
           (SELECT count(DISTINCT person_key) FROM core.dose WHERE NOT voided), 'people with a state = people with a dose')
SELECT name, left_side = right_side AS holds, left_side, right_side, detail FROM sides
