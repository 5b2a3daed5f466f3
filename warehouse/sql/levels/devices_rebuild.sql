-- Every device counted anew. Inputs: core.temperature_reading, core.equipment.
DELETE FROM core.device_level;
CREATE OR REPLACE TEMP TABLE touched_devices AS SELECT DISTINCT equipment_id FROM core.temperature_reading;
