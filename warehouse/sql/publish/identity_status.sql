-- Grain: place of vaccination x identity status. Unit: doses; sums to all doses. Inputs: cube.identity.
SELECT p.area_code, CASE c.identity WHEN 0 THEN 'matched' WHEN 1 THEN 'mismatched' ELSE 'none' END AS status,
       sum(c.n)::BIGINT AS doses
FROM cube.identity c JOIN name_place p ON p.number = c.place
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
