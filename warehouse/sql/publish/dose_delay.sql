-- Grain: place of vaccination x day of injection (the last 120) x whole days until it was recorded. Unit: doses.
-- Inputs: cube.delay.
SELECT p.area_code, DATE '2020-01-01' + c.day::INTEGER AS day, c.lag AS lag_days, sum(c.n)::BIGINT AS doses
FROM cube.delay c JOIN name_place p ON p.number = c.place
WHERE c.day > (SELECT max(day) FROM (SELECT day FROM cube.delay GROUP BY day HAVING sum(n) > 0)) - 120
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
