-- Grain: residence area x group. Unit: distinct people by the series rules. Age is that of the first dose. Areas where
-- nobody has been reached yet are there with zero: "nobody yet" is a finding and not a missing report.
-- Inputs: outgoing.people_state, mart.area.
WITH counted AS (
    SELECT p.area_code, b.population_group, sum(people) AS dose1_people,
           sum(people) FILTER (WHERE state IN ('full', 'boosted')) AS full_people,
           sum(people) FILTER (WHERE state = 'boosted') AS boosted_people
    FROM outgoing.people_state p JOIN name_band b ON b.age_band = p.age_band
    WHERE p.state <> 'none' GROUP BY ALL),
cells AS (
    SELECT code AS area_code, population_group FROM mart.area
    CROSS JOIN (VALUES ('18plus'), ('12_17'), ('5_11'), ('unknown_age')) AS g (population_group)
    WHERE code <> 'central'),
each_group AS (
    SELECT area_code, population_group, coalesce(dose1_people, 0) AS dose1_people,
           coalesce(full_people, 0) AS full_people, coalesce(boosted_people, 0) AS boosted_people
    FROM cells LEFT JOIN counted USING (area_code, population_group))
SELECT area_code, population_group, dose1_people::BIGINT AS dose1_people, full_people::BIGINT AS full_people,
       boosted_people::BIGINT AS boosted_people
FROM each_group
UNION ALL
SELECT area_code, 'all', sum(dose1_people)::BIGINT, sum(full_people)::BIGINT, sum(boosted_people)::BIGINT
FROM each_group GROUP BY area_code
