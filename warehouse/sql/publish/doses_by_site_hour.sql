-- Grain: site x day x hour of injection, of the last $hour_days days. Unit: doses. The newest day is that of cube.delay,
-- which counts the same doses in far fewer rows. Inputs: cube.site_hour, cube.delay.
SELECT s.code AS site_code, DATE '2020-01-01' + c.day::INTEGER AS day, c.hour, c.doses
FROM (SELECT site, day, hour, sum(n)::BIGINT AS doses FROM cube.site_hour
      WHERE day > (SELECT max(day) FROM (SELECT day FROM cube.delay GROUP BY day HAVING sum(n) > 0)) - $hour_days
      GROUP BY ALL HAVING sum(n) <> 0) c
JOIN name_site s ON s.number = c.site
ORDER BY c.site, c.day, c.hour
