-- Grain: site x day of injection, of the last $site_days days. Unit: doses. Inputs: cube.site_day.
SELECT s.code AS site_code, DATE '2020-01-01' + c.day::INTEGER AS day, sum(c.n)::BIGINT AS doses
FROM cube.site_day c JOIN name_site s ON s.number = c.site
WHERE c.day > (SELECT max(day) FROM (SELECT day FROM cube.site_day GROUP BY day HAVING sum(n) > 0)) - $site_days
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
