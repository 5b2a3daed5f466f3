-- Grain: place of vaccination x day of injection (the last 120) x whole days until it was recorded. Unit: doses.
-- Inputs: cube.delay. Summed and ordered by number: names are joined to what is left.
SELECT p.area_code, DATE '2020-01-01' + c.day::INTEGER AS day, c.lag AS lag_days, c.doses
FROM (SELECT place, day, lag, sum(n)::BIGINT AS doses FROM cube.delay
      WHERE day > (SELECT max(day) FROM (SELECT day FROM cube.delay GROUP BY day HAVING sum(n) > 0)) - 120
      GROUP BY ALL HAVING sum(n) <> 0) c
JOIN name_place p ON p.number = c.place
ORDER BY c.place, c.day, c.lag
