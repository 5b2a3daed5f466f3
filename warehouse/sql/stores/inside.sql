-- Grain: store of $stores x lot that it has. Unit: doses, full size. Inputs: stock_by_lot.
SELECT store_code AS store, lot_number AS lot, on_hand AS doses
FROM stock_by_lot WHERE on_hand > 0 AND list_contains($stores, store_code)
