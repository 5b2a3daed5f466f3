-- Grain: store x lot that has given more than it received, by the books; the largest first. Unit: doses. kept: what it did not send on.
-- Inputs: stock_by_lot, store, lot.
SELECT s.store_code AS code, s.level, b.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, b.lot_number AS lot, b.product, b.on_hand AS difference, b.incoming,
       b.incoming - coalesce(b.shipped_out, 0) AS kept, l.doses_per_vial AS per_vial, coalesce(b.in_transit, 0) AS in_transit
FROM stock_by_lot b JOIN store s USING (store_code) LEFT JOIN lot l USING (lot_number)
WHERE b.on_hand < 0 ORDER BY b.on_hand, code, lot
