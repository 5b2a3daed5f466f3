-- Grain: store x lot of the area $area, or of the store $store, with doses, doses on their way, or a level below zero.
-- Inputs: stock_by_lot.
SELECT store_code AS place, area_code AS area, lot_number AS lot, product, thawed_on, on_hand,
       coalesce(in_transit, 0) AS in_transit, counted_on, last_sent_at, last_received_at
FROM stock_by_lot
WHERE ($area = '' OR area_code = $area) AND ($store = '' OR store_code = $store) AND (on_hand <> 0 OR in_transit > 0)
ORDER BY store_code, lot_number
