-- Grain: area of registration x whole days waited. Unit: registrations that were served. Inputs: cube.registration_wait.
SELECT a.area_code, c.waited::INTEGER AS waited_days, sum(c.n)::BIGINT AS registrations
FROM cube.registration_wait c JOIN name_area a ON a.number = c.area
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
