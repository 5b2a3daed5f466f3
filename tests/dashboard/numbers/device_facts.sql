-- One device: the parts of its time, its litres, newest temperature, how long ago it was heard, its alarms.
WITH one AS (FROM registered WHERE equipment_id = getvariable('device'))
SELECT 'number' AS kind, 'equipment_uptime_share' AS key, part(good, counted) AS shown FROM one UNION ALL
SELECT 'number', 'equipment_silent_share', silent_part(good, silent_minutes, out_minutes, down, counted) FROM one UNION ALL
SELECT 'number', 'equipment_out_share', out_part(good, silent_minutes, out_minutes, down, counted) FROM one UNION ALL
SELECT 'number', 'equipment_down_share', down_part(good, silent_minutes, out_minutes, down, counted) FROM one UNION ALL
SELECT 'number', 'equipment_litres', coalesce(tenth(litres), '') FROM one UNION ALL
SELECT 'number', 'equipment_temp', degrees(temp_c) FROM one UNION ALL
SELECT 'number', 'equipment_quiet', coalesce(lasted(date_diff('second', last_read_at, as_of) // 60), '') FROM one UNION ALL
SELECT 'number', 'equipment_alarms', shown(alarms) FROM one UNION ALL
SELECT 'number', 'equipment_hold', coalesce(tenth(holdover_hours), '') FROM one
