-- Grain: place of vaccination x day of recording x days from injection to recording. Unit: doses. The same doses as
-- doses_by_day on the other clock: the totals are equal. Inputs: cube.recorded.
SELECT p.area_code, DATE '2020-01-01' + c.day::INTEGER AS day,
       CASE c.bucket WHEN 0 THEN '0' WHEN 1 THEN '1_3' WHEN 2 THEN '4_7' WHEN 3 THEN '8_30' ELSE 'over_30' END
           AS lag_bucket,
       c.doses
FROM (SELECT place, day, bucket, sum(n)::BIGINT AS doses FROM cube.recorded GROUP BY ALL HAVING sum(n) <> 0) c
JOIN name_place p ON p.number = c.place
ORDER BY c.place, c.day, c.bucket
