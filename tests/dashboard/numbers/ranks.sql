-- Provinces: doses given over doses received, of the rounds that count; where there is no ledger, doses given, multiplied up
-- from the sample, over doses delivered. Adults with at least one dose.
SELECT a.code AS key, percent(coalesce(u.given, g.doses), coalesce(u.received, s.delivered)) AS usage_share,
       shown(coalesce(u.given, g.doses)) AS doses, shown(coalesce(u.received, s.delivered)) AS received,
       percent(r.people, r.population) AS coverage_share, trim(shown(r.people) || ' ' || shown(r.population)) AS dose1_18plus
FROM area a
LEFT JOIN (SELECT area_code, sum(doses) * (SELECT one_in FROM snapshot_info) AS doses FROM doses_by_day GROUP BY area_code) g
    ON g.area_code = a.code
LEFT JOIN (SELECT area_code, sum(delivered) AS delivered FROM stock_by_area GROUP BY area_code) s ON s.area_code = a.code
LEFT JOIN usage_now u ON u.area_code = a.code
LEFT JOIN reached r ON r.area_code = a.code AND r.population_group = '18plus' AND r.measure = 'dose1'
WHERE a.code NOT IN ('central', 'unknown')
