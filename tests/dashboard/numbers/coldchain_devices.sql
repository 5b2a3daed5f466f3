-- Devices that need somebody: for how long (of a run as far as its readings go), their newest temperature and range, how long ago
-- they were heard. One reading outside has no length yet: it is said in words.
SELECT equipment_id AS key,
       CASE WHEN state = 'out' AND out_lasts = 0 THEN ''
            ELSE lasted(CASE state WHEN 'alarm' THEN alarm_lasts WHEN 'out' THEN out_lasts WHEN 'fault' THEN fault_lasts
                ELSE date_diff('second', CASE state WHEN 'silent' THEN last_read_at ELSE status_since END, as_of) // 60 END) END AS minutes,
       trim(degrees(temp_c) || ' ' || degrees(low_c) || ' ' || degrees(high_c)) AS temp_c,
       lasted(date_diff('second', last_read_at, as_of) // 60) AS quiet_minutes
FROM device_now WHERE state NOT IN ('good', 'never', 'not_in_use')
