-- Grain: store with a movement of the lot $lot. Unit: doses. Inputs: stock_by_lot, store.
SELECT s.store_code AS code, s.level, b.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, b.on_hand, coalesce(b.in_transit, 0) AS in_transit, b.incoming, b.administered, b.wasted,
       coalesce(b.lost, 0) AS lost, b.thawed_on
FROM stock_by_lot b JOIN store s USING (store_code) WHERE b.lot_number = $lot
ORDER BY b.on_hand DESC, s.store_code
