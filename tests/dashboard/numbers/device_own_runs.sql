-- When one device was out of range.
SELECT r.equipment_id || ' ' || edge || ' ' || strftime(started_at AT TIME ZONE 'UTC', '%Y%m%d%H%M') AS key,
       strftime(started_at AT TIME ZONE getvariable('zone'), '%H %M %d/%m/%Y') AS started,
       CASE WHEN ended_at IS NULL AND last_out_at = started_at THEN '' ELSE lasted(date_diff('second', started_at, coalesce(ended_at, last_out_at)) // 60) END AS minutes, degrees(extreme_c) AS extreme_c
FROM device_run r WHERE r.equipment_id = getvariable('device')
  AND (edge IN ('high', 'low')
       OR (edge IN ('high_alarm', 'low_alarm') AND date_diff('second', started_at, coalesce(ended_at, last_out_at)) // 60 >= alarm_minutes))
