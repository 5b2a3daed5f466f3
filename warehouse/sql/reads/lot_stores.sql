-- Grain: store of one lot, $lot. Unit: doses, full size; the most on hand first. A snapshot
-- from before told nothing of what is on its way or lost. Inputs: stock_by_lot, store.
SELECT b.store_code, s.level, s.area_code, s.district_code, s.site_code, b.on_hand,
       coalesce(b.in_transit, 0) AS in_transit, b.administered, b.wasted, coalesce(b.lost, 0) AS lost, b.thawed_on
FROM stock_by_lot b JOIN store s USING (store_code) WHERE b.lot_number = $lot
ORDER BY b.on_hand + coalesce(b.in_transit, 0) DESC, b.administered DESC, b.store_code
