-- Devices that need somebody: for how long, their newest temperature and range, how long ago they were heard.
SELECT equipment_id AS key,
       lasted(date_diff('second', CASE state WHEN 'alarm' THEN alarm WHEN 'silent' THEN last_read_at WHEN 'out' THEN out WHEN 'not_working' THEN status_since ELSE fault END, as_of) // 60) AS minutes,
       trim(degrees(temp_c) || ' ' || degrees(low_c) || ' ' || degrees(high_c)) AS temp_c,
       lasted(date_diff('second', last_read_at, as_of) // 60) AS quiet_minutes
FROM device_now WHERE state NOT IN ('good', 'never', 'not_in_use')
