-- Grain: equality that must hold to the unit, each side counted on its own way from records to figure: one from the doses'
-- records, one from the people's packed doses, one from the people's states.
WITH sides (name, left_side, right_side, detail) AS (
    SELECT 'doses_nation_equals_areas', (SELECT coalesce(sum(doses), 0) FROM outgoing.identity_status),
           (SELECT coalesce(sum(doses), 0) FROM outgoing.doses_by_day),
           'doses held = provinces + central units + unknown place'
    UNION ALL
    SELECT 'doses_two_clocks', (SELECT coalesce(sum(doses), 0) FROM outgoing.doses_by_day),
           (SELECT coalesce(sum(doses), 0) FROM outgoing.doses_by_recorded_day), 'by day of injection = by day of recording'
    UNION ALL
    SELECT 'doses_two_geographies', (SELECT coalesce(sum(n), 0) FROM outgoing.district_day_cell),
           (SELECT coalesce(sum(doses), 0) FROM outgoing.residence_place), 'by place of vaccination = by residence'
    UNION ALL
    SELECT 'people_nation_equals_areas',
           (SELECT coalesce(sum(people), 0) FROM outgoing.people_state WHERE state <> 'none'),
           (SELECT coalesce(sum(dose1_people), 0) FROM outgoing.people_by_area WHERE population_group = 'all'),
           'people with a dose = provinces + unknown residence'
    UNION ALL
    SELECT 'people_curve_equals_total',
           (SELECT coalesce(sum(dose1_people + full_people), 0) FROM outgoing.people_by_day WHERE population_group = 'all'),
           (SELECT coalesce(sum(dose1_people + full_people), 0) FROM outgoing.people_by_area
            WHERE population_group = 'all'), 'people summed over days = people by area'
    UNION ALL
    SELECT 'people_groups_equal_total', (SELECT coalesce(sum(dose1_people), 0) FROM outgoing.people_by_group),
           (SELECT coalesce(sum(dose1_people), 0) FROM outgoing.people_by_area WHERE population_group = 'all'),
           'people by precedence group = people by area'
    UNION ALL
    SELECT 'people_due_are_partial', (SELECT coalesce(sum(people), 0) FROM outgoing.people_due),
           (SELECT coalesce(sum(people), 0) FROM outgoing.people_state WHERE state = 'partial'),
           'people with a next dose to come = people with a partial series'
    UNION ALL
    SELECT 'nightly_recount', differing, 0, 'cells that differed when everything was counted again at night'
    FROM core.night)
SELECT name, left_side = right_side AS holds, left_side::BIGINT AS left_side, right_side::BIGINT AS right_side, detail
FROM sides
