-- Deliveries that came short, over, or not within the days of waiting. Instants are the campaign's.
SELECT store_code || ' ' || lot_number AS key, shown(in_transit) AS missing, on_instant(last_sent_at) AS sent_at,
       on_instant(last_received_at) AS received_at
FROM stock_by_lot CROSS JOIN snapshot_info
WHERE getvariable('area') IN ('', area_code)
  AND (in_transit < 0 OR in_transit > 0 AND last_sent_at < as_of - to_days(getvariable('transit_days')))
