-- Grain: store x lot of the areas $areas where what was sent and what came there differ and somebody should ask: more came than
-- was sent, or some is missing of what was sent before $late. As reads/stock_faults.sql, but with what somebody said is still
-- expected: who closes such a delivery comes from here. Unit: doses; below zero: too many. The largest difference first. Inputs: stock_by_lot, store.
SELECT s.store_code AS code, s.level, b.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, b.lot_number AS lot, b.product, b.in_transit AS doses, b.last_sent_at AS sent_at,
       b.last_received_at AS received_at, coalesce(b.last_received_at >= b.last_sent_at, false) AS came
FROM stock_by_lot b JOIN store s USING (store_code)
WHERE list_contains($areas, b.area_code) AND (b.in_transit < 0 OR b.in_transit > 0 AND b.last_sent_at < $late)
ORDER BY abs(b.in_transit) DESC, code, lot
