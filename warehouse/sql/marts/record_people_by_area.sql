-- Grain: residence area x group. Unit: distinct people by the series rules. Inputs: core.person_series, core.person.
-- A person without a known province counts in 'unknown'. Age is that of the first valid injection. Areas where nobody
-- has been reached yet are there with zero, because "nobody yet" is a finding and not a missing report.
WITH person AS (
    SELECT coalesce(a.code, 'unknown') AS area_code, s.state,
           CASE WHEN s.first_age_years IS NULL THEN 'unknown_age' WHEN s.first_age_years >= $adult_age THEN '18plus'
                WHEN s.first_age_years >= 12 THEN '12_17' ELSE '5_11' END AS population_group
    FROM core.person_series s
    LEFT JOIN core.person p USING (person_key)
    LEFT JOIN core.area a ON a.code = p.province_code AND a.level = 'province'),
counted AS (
    SELECT area_code, population_group, count(*) AS dose1_people, count(*) FILTER (WHERE state >= 2) AS full_people,
           count(*) FILTER (WHERE state = 3) AS boosted_people
    FROM person GROUP BY ALL),
cells AS (
    SELECT code AS area_code, population_group FROM mart.area
    CROSS JOIN (VALUES ('18plus'), ('12_17'), ('5_11'), ('unknown_age')) AS g (population_group)
    WHERE code <> 'central'),
each_group AS (
    SELECT area_code, population_group, coalesce(dose1_people, 0) AS dose1_people,
           coalesce(full_people, 0) AS full_people, coalesce(boosted_people, 0) AS boosted_people
    FROM cells LEFT JOIN counted USING (area_code, population_group))
FROM each_group
UNION ALL
SELECT area_code, 'all', sum(dose1_people)::BIGINT, sum(full_people)::BIGINT, sum(boosted_people)::BIGINT
FROM each_group GROUP BY area_code
