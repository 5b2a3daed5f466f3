-- Provinces: doses given over doses received, of the rounds that count; adults with at least one dose.
SELECT a.code AS key, percent(u.given, u.received) AS usage_share, shown(coalesce(u.given, g.doses)) AS doses,
       shown(u.received) AS received,
       percent(r.people, r.population) AS coverage_share, trim(shown(r.people) || ' ' || shown(r.population)) AS dose1_18plus
FROM area a
LEFT JOIN (SELECT area_code, sum(doses) * (SELECT one_in FROM snapshot_info) AS doses FROM doses_by_day GROUP BY area_code) g
    ON g.area_code = a.code
LEFT JOIN usage_now u ON u.area_code = a.code
LEFT JOIN reached r ON r.area_code = a.code AND r.population_group = '18plus' AND r.measure = 'dose1'
WHERE a.code NOT IN ('central', 'unknown')
