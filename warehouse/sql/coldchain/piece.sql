-- Grain: as temp.run_window: the devices of one of $pieces pieces, so that a whole country's readings need not fit into memory.
CREATE OR REPLACE TEMP TABLE run_piece AS FROM temp.run_window WHERE hash(equipment_id) % $pieces = $piece;
