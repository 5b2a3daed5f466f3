-- Grain: device. Its newest reading by the time it was read, and how many lie outside the limits. Silence is judged by the
-- reader's clock from last_read_at. Inputs: core.equipment, core.store, core.device_level.
SELECT e.equipment_id, e.store_code, coalesce(s.province_code, 'central') AS area_code, e.storage_class, e.reporting_mode,
       d.last_read_at, d.temp_c, coalesce(d.readings, 0) AS readings, coalesce(d.readings_outside, 0) AS readings_outside
FROM core.equipment e JOIN core.store s ON s.code = e.store_code LEFT JOIN core.device_level d USING (equipment_id)
