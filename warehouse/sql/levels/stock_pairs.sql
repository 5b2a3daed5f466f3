-- Grain: store x lot whose level cannot be carried on: it is counted physically, or a movement of it is corrected, under its
-- old version or its new. Inputs: temp.incoming_stock_movement, core.stock_movement.
CREATE OR REPLACE TEMP TABLE touched_pairs AS
WITH corrected AS MATERIALIZED (
    SELECT movement_id, store_code, lot_number FROM core.stock_movement
    WHERE movement_id IN (SELECT movement_id FROM temp.incoming_stock_movement))
SELECT store_code, lot_number FROM corrected
UNION
SELECT store_code, lot_number FROM temp.incoming_stock_movement
WHERE kind = 'count' OR movement_id IN (SELECT movement_id FROM corrected)
