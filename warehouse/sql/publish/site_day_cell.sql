-- Grain: signed row of a cell: site x day of injection, of the last $site_days days. Unit: doses. The newest day is that of
-- cube.delay, which counts the same doses in far fewer rows. Inputs: cube.site_day, cube.delay.
SELECT site, day, n FROM cube.site_day
WHERE day > (SELECT max(day) FROM (SELECT day FROM cube.delay GROUP BY day HAVING sum(n) > 0)) - $site_days
