-- Grain: one row. How many devices there are, and how many differ from what their readings give.
-- Inputs: core.temperature_reading, core.equipment, core.device_level.
WITH devices AS (
SELECT r.equipment_id, max(r.read_at) AS last_read_at, arg_max(r.temp_c, (r.read_at, r.temp_c)) AS temp_c, count(*) AS readings,
       count(*) FILTER (WHERE r.temp_c < e.low_limit_c OR r.temp_c > e.high_limit_c) AS readings_outside
FROM core.temperature_reading r
LEFT JOIN core.equipment e USING (equipment_id)
GROUP BY r.equipment_id)
SELECT (SELECT count(*) FROM core.device_level) AS checked,
       (SELECT count(*) FROM (FROM (SELECT equipment_id, last_read_at, temp_c, readings, readings_outside FROM devices)
            EXCEPT FROM (SELECT equipment_id, last_read_at, temp_c, readings, readings_outside FROM core.device_level)))
       + (SELECT count(*) FROM (
            FROM (SELECT equipment_id, last_read_at, temp_c, readings, readings_outside FROM core.device_level)
            EXCEPT FROM (SELECT equipment_id, last_read_at, temp_c, readings, readings_outside FROM devices))) AS differing
