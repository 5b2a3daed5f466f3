-- Grain: store x lot x kind of vial x reason with new movements and none of temp.touched_pairs; added to what is there.
-- Unit: doses. Inputs: temp.incoming_stock_movement, temp.touched_pairs.
MERGE INTO core.stock_waste w USING (
    SELECT i.store_code, i.lot_number, i.kind = 'wasted_closed' AS closed, coalesce(trim(i.reason), '') AS reason,
           -sum(i.doses)::BIGINT AS doses
    FROM temp.incoming_stock_movement i
    ANTI JOIN temp.touched_pairs t ON t.store_code = i.store_code AND t.lot_number = i.lot_number
    WHERE i.kind IN ('wasted_open', 'wasted_closed') GROUP BY ALL) f
ON w.store_code = f.store_code AND w.lot_number = f.lot_number AND w.closed = f.closed AND w.reason = f.reason
WHEN MATCHED THEN UPDATE SET doses = w.doses + f.doses
WHEN NOT MATCHED THEN INSERT (store_code, lot_number, closed, reason, doses)
    VALUES (f.store_code, f.lot_number, f.closed, f.reason, f.doses)
