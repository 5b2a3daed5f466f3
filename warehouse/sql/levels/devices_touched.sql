-- Grain: device whose level cannot be carried on: a reading was corrected, or its limits changed.
-- Inputs: temp.incoming_temperature_reading, temp.incoming_equipment, core.temperature_reading.
CREATE OR REPLACE TEMP TABLE touched_devices AS
SELECT equipment_id FROM core.temperature_reading
WHERE reading_id IN (SELECT reading_id FROM temp.incoming_temperature_reading)
UNION
SELECT equipment_id FROM temp.incoming_temperature_reading
WHERE reading_id IN (SELECT reading_id FROM core.temperature_reading
                     WHERE reading_id IN (SELECT reading_id FROM temp.incoming_temperature_reading))
UNION
SELECT equipment_id FROM temp.incoming_equipment
