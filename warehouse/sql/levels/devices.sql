-- Grain: device of temp.touched_devices, counted anew from its kept readings. Inputs: core.temperature_reading, equipment.
INSERT INTO core.device_level BY NAME
SELECT r.equipment_id, max(r.read_at) AS last_read_at, arg_max(r.temp_c, (r.read_at, r.temp_c)) AS temp_c, count(*) AS readings,
       count(*) FILTER (WHERE r.temp_c < e.low_limit_c OR r.temp_c > e.high_limit_c) AS readings_outside
FROM core.temperature_reading r SEMI JOIN temp.touched_devices USING (equipment_id)
LEFT JOIN core.equipment e USING (equipment_id)
GROUP BY r.equipment_id
