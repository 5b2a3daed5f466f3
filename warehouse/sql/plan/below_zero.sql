-- Grain: store of $stores that is planned with itself, with a level below zero: the lowest. Unit: doses. Inputs: stock_by_lot.
SELECT store_code AS store, arg_min(lot_number, on_hand) AS lot, min(on_hand)::BIGINT AS doses
FROM stock_by_lot WHERE on_hand < 0 AND list_contains($stores::VARCHAR[], store_code) GROUP BY ALL ORDER BY ALL
