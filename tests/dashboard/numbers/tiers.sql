-- The priority tiers of provinces, what is in none, and the nation.
WITH tier AS (SELECT key, area_code FROM place WHERE key LIKE 'tier-%' OR key = 'nation'),
listed AS (
    SELECT key, count(t.area_code) AS provinces
    FROM tier LEFT JOIN (SELECT DISTINCT area_code FROM area_tier WHERE valid_from <= (FROM today)) t USING (area_code)
    GROUP BY key),
people AS (
    SELECT key, population_group AS g, measure AS m, sum(people) AS everyone,
           sum(people) FILTER (WHERE population IS NOT NULL OR area_code IN ('unknown', 'central')) AS people, sum(population) AS population
    FROM tier JOIN (FROM reached WHERE area_code <> 'nation') USING (area_code) GROUP BY ALL),
late AS (
    SELECT key, sum(people) AS overdue FROM tier JOIN people_due USING (area_code)
    WHERE due_on < (FROM today) - getvariable('overdue_days') GROUP BY key)
SELECT l.key, shown(provinces) AS provinces, percent(a.people, a.population) AS dose1_18plus_share,
       percent(b.people, b.population) AS full_18plus_share, shown(a.everyone) AS dose1_18plus, shown(b.everyone) AS full_18plus,
       shown(a.population) AS population_18plus, shown(c.everyone) AS dose1, shown(d.everyone) AS "full",
       shown(coalesce(o.overdue, 0)) AS overdue
FROM listed l
LEFT JOIN people a ON a.key = l.key AND a.g = '18plus' AND a.m = 'dose1'
LEFT JOIN people b ON b.key = l.key AND b.g = '18plus' AND b.m = 'full'
LEFT JOIN people c ON c.key = l.key AND c.g = 'all' AND c.m = 'dose1'
LEFT JOIN people d ON d.key = l.key AND d.g = 'all' AND d.m = 'full'
LEFT JOIN late o ON o.key = l.key
