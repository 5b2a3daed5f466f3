-- Grain: rule of the catalogue x area ('' where it has none). Unit: records. Rules that set a record aside are counted in
-- the quarantine by their own name. Inputs: outgoing tables, core.quarantine.
SELECT feed || '.' || field || '.' || reason AS rule_id, '' AS area_code, count(*) AS records FROM core.quarantine GROUP BY ALL
UNION ALL
SELECT 'identity_' || CASE status WHEN 'mismatched' THEN 'mismatch' ELSE status END, area_code, doses
FROM outgoing.identity_status WHERE status <> 'matched'
UNION ALL
SELECT 'dose_late_over_3_days', area_code, sum(doses) FROM outgoing.doses_by_recorded_day
WHERE lag_bucket IN ('4_7', '8_30', 'over_30') GROUP BY ALL
UNION ALL
SELECT 'negative_stock', area_code, count(*) FROM outgoing.stock_by_lot WHERE on_hand < 0 GROUP BY ALL
UNION ALL
SELECT 'unknown_residence', '', sum(people) FROM outgoing.people_state WHERE area_code = 'unknown' AND state <> 'none'
HAVING sum(people) > 0
