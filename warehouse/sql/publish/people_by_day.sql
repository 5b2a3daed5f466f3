-- Grain: residence area x group ('18plus', '65plus', 'all': one holds the other) x day on which people reached the state. Unit: distinct people.
-- Inputs: cube.people_day.
WITH reached AS (
    SELECT a.area_code, a.number, b.age_band,
           b.population_group = '18plus' AS adult, c.day, c.n1, c.n2, c.n3
    FROM (SELECT residence_area, band, day, sum(n) FILTER (WHERE step = 1) AS n1, sum(n) FILTER (WHERE step = 2) AS n2,
                 sum(n) FILTER (WHERE step = 3) AS n3
          FROM cube.people_day GROUP BY ALL) c
    JOIN name_area a ON a.number = c.residence_area JOIN name_band b ON b.number = c.band)
SELECT area_code, g.population_group, DATE '2020-01-01' + day::INTEGER AS day,
       coalesce(sum(n1), 0)::BIGINT AS dose1_people, coalesce(sum(n2), 0)::BIGINT AS full_people,
       coalesce(sum(n3), 0)::BIGINT AS boosted_people
FROM reached JOIN (VALUES ('all'), ('18plus'), ('65plus')) AS g (population_group)
    ON CASE g.population_group WHEN 'all' THEN true WHEN '18plus' THEN adult ELSE age_band = '65plus' END
GROUP BY area_code, g.population_group, day
HAVING coalesce(sum(n1), 0) <> 0 OR coalesce(sum(n2), 0) <> 0 OR coalesce(sum(n3), 0) <> 0
ORDER BY min(number), g.population_group, day
