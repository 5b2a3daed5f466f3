-- Grain: area x day x measure x age group where a tally was declared. Unit: doses of that day (divided by the sampling
-- of a demonstration, as the records are). Never added to each other. Inputs: core.declared_count, outgoing.dose_cell.
WITH given AS (
    SELECT p.area_code, DATE '2020-01-01' + c.day::INTEGER AS day,
           CASE WHEN b.population_group = '18plus' THEN '18plus' WHEN b.population_group = '12_17' THEN '12_17'
                ELSE b.population_group END AS age_group,
           sum(c.n) AS doses
    FROM outgoing.dose_cell c JOIN name_place p ON p.number = c.place JOIN name_band b ON b.number = c.band GROUP BY ALL),
everybody AS (SELECT area_code, day, sum(doses) AS doses FROM given GROUP BY ALL)
SELECT d.area_code, d.counted_on AS day, d.measure, d.age_group, d.value AS declared,
       coalesce(CASE WHEN d.age_group = 'all' THEN e.doses ELSE g.doses END, 0)::BIGINT AS recorded, d.declared_at
FROM core.declared_count d
LEFT JOIN everybody e ON e.area_code = d.area_code AND e.day = d.counted_on
LEFT JOIN given g ON g.area_code = d.area_code AND g.day = d.counted_on AND g.age_group = d.age_group
WHERE d.measure = 'doses'
ORDER BY ALL
