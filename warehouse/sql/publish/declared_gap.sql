-- Grain: area x day x measure x age group where a tally was declared. Unit: doses of that day (divided by the sampling
-- of a demonstration, as the records are). Never added to each other. Only the cells of areas and days with a tally are
-- counted. Inputs: core.declared_count, outgoing.dose_cell.
WITH declared AS (
    SELECT area_code, counted_on, measure, age_group, value, declared_at FROM core.declared_count WHERE measure = 'doses'),
wanted AS (
    SELECT DISTINCT p.number AS place, (d.counted_on - DATE '2020-01-01')::SMALLINT AS day
    FROM declared d JOIN name_place p ON p.area_code = d.area_code),
given AS (
    SELECT p.area_code, DATE '2020-01-01' + c.day::INTEGER AS day, b.population_group AS age_group, sum(c.n) AS doses
    FROM (SELECT place, day, band, sum(n) AS n
          FROM outgoing.dose_cell SEMI JOIN wanted USING (place, day) GROUP BY ALL) c
    JOIN name_place p ON p.number = c.place JOIN name_band b ON b.number = c.band GROUP BY ALL),
everybody AS (SELECT area_code, day, sum(doses) AS doses FROM given GROUP BY ALL)
SELECT d.area_code, d.counted_on AS day, d.measure, d.age_group, d.value AS declared,
       coalesce(CASE WHEN d.age_group = 'all' THEN e.doses ELSE g.doses END, 0)::BIGINT AS recorded, d.declared_at
FROM declared d
LEFT JOIN everybody e ON e.area_code = d.area_code AND e.day = d.counted_on
LEFT JOIN given g ON g.area_code = d.area_code AND g.day = d.counted_on AND g.age_group = d.age_group
ORDER BY ALL
