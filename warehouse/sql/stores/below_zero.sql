-- Grain: store x lot that has given more than it received, by the books; the largest first. Unit: doses. kept: what it did not send on;
-- central: what central units received of the lot and their ledgers do not show as given, wasted or sent on; 0 where the stores
-- of the area have enough of it all together.
-- Inputs: stock_by_lot, store, lot.
SELECT s.store_code AS code, s.level, b.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, b.lot_number AS lot, b.product, b.on_hand AS difference, b.incoming,
       b.incoming - coalesce(b.shipped_out, 0) AS kept, l.doses_per_vial AS per_vial, coalesce(b.in_transit, 0) AS in_transit,
       CASE WHEN b.area_code = 'central' OR a.doses >= 0 THEN 0 ELSE coalesce(c.doses, 0) END AS central
FROM stock_by_lot b JOIN store s USING (store_code) LEFT JOIN lot l USING (lot_number)
     JOIN (SELECT area_code, lot_number, sum(on_hand) AS doses FROM stock_by_lot GROUP BY ALL) a
         ON a.area_code = b.area_code AND a.lot_number = b.lot_number
     LEFT JOIN (
         SELECT lot_number, greatest(sum(incoming - coalesce(shipped_out, 0) - administered - wasted), 0)::BIGINT AS doses
         FROM stock_by_lot SEMI JOIN (FROM store WHERE level NOT IN ('national', 'regional')) USING (store_code)
         WHERE area_code = 'central' GROUP BY ALL) c USING (lot_number)
WHERE b.on_hand < 0 ORDER BY b.on_hand, code, lot
