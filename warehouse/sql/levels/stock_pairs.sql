-- Grain: store x lot that the movements on their way in touch, under their old version and their new.
-- Inputs: temp.incoming_stock_movement, core.stock_movement.
CREATE OR REPLACE TEMP TABLE touched_pairs AS
SELECT store_code, lot_number FROM temp.incoming_stock_movement
UNION
SELECT store_code, lot_number FROM core.stock_movement
WHERE movement_id IN (SELECT movement_id FROM temp.incoming_stock_movement)
