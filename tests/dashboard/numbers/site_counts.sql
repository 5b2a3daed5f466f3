-- Sites by how they stand; the planned ones are active, silent, waiting or done.
SELECT 'number' AS kind, 'site_' || activity AS key, shown(count(s.site_code)) AS shown
FROM (VALUES ('active'), ('silent'), ('waiting'), ('done'), ('unplanned')) v(activity) LEFT JOIN site_today s USING (activity)
GROUP BY activity
UNION ALL SELECT 'number', 'site_planned', shown(count(*)) FROM site_today WHERE planned IS NOT NULL
