-- Before movements are taken in: what they replace, and the store x lot whose level cannot be carried on, because something
-- is or was counted physically there, or a movement goes over to another store or lot. Only these are counted anew.
-- Inputs: temp.incoming_stock_movement, core.stock_movement.
CREATE OR REPLACE TEMP TABLE replaced_movement AS
SELECT movement_id, store_code, lot_number, kind, doses, occurred_at, recorded_at FROM core.stock_movement
WHERE movement_id IN (SELECT movement_id FROM temp.incoming_stock_movement);

CREATE OR REPLACE TEMP TABLE touched_pairs AS
SELECT store_code, lot_number FROM temp.incoming_stock_movement WHERE kind = 'count'
UNION SELECT store_code, lot_number FROM temp.replaced_movement WHERE kind = 'count'
UNION
SELECT unnest([r.store_code, i.store_code]), unnest([r.lot_number, i.lot_number])
FROM temp.replaced_movement r JOIN temp.incoming_stock_movement i USING (movement_id)
WHERE (r.store_code, r.lot_number) <> (i.store_code, i.lot_number);
