-- Grain: decision about an excursion x store x lot that it is at work on, of the store $store and the lot $lot, '' for any. The
-- newest first. Inputs: stock_mark.
SELECT store_code AS store, lot_number AS lot, decision_id, kind, usable_until, actor, decided_at, equipment_id, of_store, started_at
FROM stock_mark WHERE ($store = '' OR store_code = $store) AND ($lot = '' OR lot_number = $lot)
ORDER BY decided_at DESC, decision_id DESC, store, lot
