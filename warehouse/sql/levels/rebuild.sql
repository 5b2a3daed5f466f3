-- Every stock level and device counted anew. Inputs: core.stock_movement, core.temperature_reading, core.equipment.
DELETE FROM core.stock_level;
CREATE OR REPLACE TEMP TABLE touched_pairs AS SELECT DISTINCT store_code, lot_number FROM core.stock_movement;
DELETE FROM core.device_level;
CREATE OR REPLACE TEMP TABLE touched_devices AS SELECT DISTINCT equipment_id FROM core.temperature_reading;
