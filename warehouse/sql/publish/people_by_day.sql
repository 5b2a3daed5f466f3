-- Grain: residence area x group ('18plus', 'all') x day on which people reached the state. Unit: distinct people.
-- Inputs: cube.people_day.
WITH reached AS (
    SELECT a.area_code, b.population_group = '18plus' AS adult, DATE '2020-01-01' + c.day::INTEGER AS day,
           sum(c.n) FILTER (WHERE step = 1) AS n1, sum(c.n) FILTER (WHERE step = 2) AS n2,
           sum(c.n) FILTER (WHERE step = 3) AS n3
    FROM cube.people_day c JOIN name_area a ON a.number = c.residence_area JOIN name_band b ON b.number = c.band
    GROUP BY ALL)
SELECT area_code, g.population_group, day, coalesce(sum(n1), 0)::BIGINT AS dose1_people,
       coalesce(sum(n2), 0)::BIGINT AS full_people, coalesce(sum(n3), 0)::BIGINT AS boosted_people
FROM reached JOIN (VALUES ('all', false), ('18plus', true)) AS g (population_group, adults_only)
    ON adult OR NOT g.adults_only
GROUP BY ALL
HAVING coalesce(sum(n1), 0) <> 0 OR coalesce(sum(n2), 0) <> 0 OR coalesce(sum(n3), 0) <> 0
ORDER BY ALL
