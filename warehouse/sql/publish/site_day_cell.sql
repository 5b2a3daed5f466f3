-- Grain: signed row of a cell: site x day of injection, of the last $site_days days. Unit: doses. Inputs: cube.site_day.
SELECT site, day, n FROM cube.site_day
WHERE day > (SELECT max(day) FROM (SELECT day FROM cube.site_day GROUP BY day HAVING sum(n) > 0)) - $site_days
