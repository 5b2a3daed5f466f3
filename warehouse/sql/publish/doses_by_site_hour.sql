-- Grain: site x day x hour of injection, of the last $hour_days days. Unit: doses. Inputs: cube.site_hour.
SELECT s.code AS site_code, DATE '2020-01-01' + c.day::INTEGER AS day, c.hour, sum(c.n)::BIGINT AS doses
FROM cube.site_hour c JOIN name_site s ON s.number = c.site
WHERE c.day > (SELECT max(day) FROM (SELECT day FROM cube.site_hour GROUP BY day HAVING sum(n) > 0)) - $hour_days
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
