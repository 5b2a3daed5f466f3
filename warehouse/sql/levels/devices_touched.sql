-- Before readings are taken in: what they replace, and the devices whose level cannot be carried on, because their limits
-- changed, a reading goes over to another device, or their newest reading is corrected
-- or has no temperature, so that an earlier one is told. Only these are counted anew.
-- Inputs: temp.incoming_temperature_reading, temp.incoming_equipment, core.temperature_reading, core.device_level.
CREATE OR REPLACE TEMP TABLE replaced_reading AS
SELECT reading_id, equipment_id, read_at, temp_c FROM core.temperature_reading
WHERE reading_id IN (SELECT reading_id FROM temp.incoming_temperature_reading);

CREATE OR REPLACE TEMP TABLE touched_devices AS
SELECT r.equipment_id FROM temp.replaced_reading r LEFT JOIN core.device_level d USING (equipment_id)
WHERE d.last_read_at IS NULL OR r.read_at >= d.last_read_at
UNION
SELECT d.equipment_id FROM core.device_level d JOIN core.temperature_reading n
    ON n.equipment_id = d.equipment_id AND n.read_at = d.last_read_at
WHERE n.temp_c IS NULL AND n.equipment_id IN (SELECT equipment_id FROM temp.replaced_reading)
UNION
SELECT unnest([r.equipment_id, i.equipment_id])
FROM temp.replaced_reading r JOIN temp.incoming_temperature_reading i USING (reading_id)
WHERE r.equipment_id <> i.equipment_id
UNION
SELECT equipment_id FROM temp.incoming_equipment;
