-- The devices of one store: their newest temperature, how long ago they were heard.
SELECT equipment_id AS key, degrees(temp_c) AS temp_c, coalesce(lasted(date_diff('second', last_read_at, as_of) // 60), '') AS quiet_minutes
FROM device_now WHERE store_code = getvariable('store')
