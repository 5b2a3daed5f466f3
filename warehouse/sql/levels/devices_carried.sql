-- Grain: device with new readings and not one of temp.touched_devices: its level carried on, what a corrected reading said
-- before taken back. Inputs: core.device_level, core.equipment, temp.incoming_temperature_reading, temp.replaced_reading,
-- temp.touched_devices.
CREATE OR REPLACE TEMP TABLE carried AS
WITH replaced AS (
    SELECT r.equipment_id, count(*) AS readings,
           count(*) FILTER (WHERE r.temp_c < e.low_limit_c OR r.temp_c > e.high_limit_c) AS readings_outside
    FROM temp.replaced_reading r LEFT JOIN core.equipment e USING (equipment_id)
    WHERE r.reading_id IN (SELECT reading_id FROM temp.incoming_temperature_reading)
    GROUP BY r.equipment_id),
fresh AS (
    SELECT r.equipment_id, max(r.read_at) AS last_read_at, arg_max(r.temp_c, (r.read_at, r.temp_c)) AS temp_c, count(*) AS readings,
           count(*) FILTER (WHERE r.temp_c < e.low_limit_c OR r.temp_c > e.high_limit_c) AS readings_outside
    FROM temp.incoming_temperature_reading r LEFT JOIN core.equipment e USING (equipment_id)
    WHERE r.equipment_id NOT IN (SELECT equipment_id FROM temp.touched_devices)
    GROUP BY r.equipment_id)
SELECT f.equipment_id, greatest(f.last_read_at, d.last_read_at) AS last_read_at,
       CASE WHEN f.temp_c IS NULL OR d.last_read_at > f.last_read_at THEN coalesce(d.temp_c, f.temp_c)
            WHEN d.last_read_at = f.last_read_at THEN greatest(d.temp_c, f.temp_c) ELSE f.temp_c END AS temp_c,
       f.readings + coalesce(d.readings, 0) - coalesce(o.readings, 0) AS readings,
       f.readings_outside + coalesce(d.readings_outside, 0) - coalesce(o.readings_outside, 0) AS readings_outside
FROM fresh f LEFT JOIN core.device_level d USING (equipment_id) LEFT JOIN replaced o USING (equipment_id)
