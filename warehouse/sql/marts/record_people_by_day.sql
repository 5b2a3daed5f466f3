-- Grain: residence area x group ('18plus', 'all') x day on which people reached the state. Unit: distinct people.
-- Inputs: core.person_series, core.person. Summed over days it equals people_by_area.
WITH person AS (
    SELECT coalesce(a.code, 'unknown') AS area_code, s.first_on, s.full_on, s.boosted_on,
           coalesce(s.first_age_years >= $adult_age, false) AS adult
    FROM core.person_series s
    LEFT JOIN core.person p USING (person_key)
    LEFT JOIN core.area a ON a.code = p.province_code AND a.level = 'province'),
reached AS (
    SELECT area_code, adult, first_on AS day, count(*) AS n1, 0 AS n2, 0 AS n3 FROM person GROUP BY ALL
    UNION ALL
    SELECT area_code, adult, full_on, 0, count(*), 0 FROM person WHERE full_on IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT area_code, adult, boosted_on, 0, 0, count(*) FROM person WHERE boosted_on IS NOT NULL GROUP BY ALL)
SELECT area_code, g.population_group, day, sum(n1)::BIGINT AS dose1_people, sum(n2)::BIGINT AS full_people,
       sum(n3)::BIGINT AS boosted_people
FROM reached JOIN (VALUES ('all', false), ('18plus', true)) AS g (population_group, adults_only)
    ON adult OR NOT g.adults_only
GROUP BY ALL
