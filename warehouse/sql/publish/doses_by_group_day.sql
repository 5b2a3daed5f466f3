-- Grain: priority group by precedence x residence area x day of injection. Unit: doses. Inputs: cube.dose_group.
SELECT c.priority_group, a.area_code, DATE '2020-01-01' + c.day::INTEGER AS day, sum(c.n)::BIGINT AS doses
FROM cube.dose_group c JOIN name_area a ON a.number = c.residence_area
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
