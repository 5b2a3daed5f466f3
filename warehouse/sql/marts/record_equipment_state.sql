-- Grain: device. Its newest reading by the time it was read, and how many lie outside the limits (the limits themselves
-- are inside). Silence is judged by the reader's clock from last_read_at. Inputs: equipment, store, temperature_reading.
SELECT e.equipment_id, e.store_code, coalesce(s.province_code, 'central') AS area_code, e.storage_class, e.reporting_mode,
       max(r.read_at) AS last_read_at, arg_max(r.temp_c, r.read_at) AS temp_c, count(r.reading_id) AS readings,
       count(*) FILTER (WHERE r.temp_c < e.low_limit_c OR r.temp_c > e.high_limit_c) AS readings_outside
FROM core.equipment e JOIN core.store s ON s.code = e.store_code
LEFT JOIN core.temperature_reading r USING (equipment_id)
GROUP BY ALL
