-- What was out of range: beyond the range, and beyond the alarm limit where that became an alarm.
SELECT r.equipment_id || ' ' || edge || ' ' || strftime(started_at AT TIME ZONE 'UTC', '%Y%m%d%H%M') AS key,
       CASE WHEN ended_at IS NULL AND last_out_at = started_at THEN '' ELSE lasted(date_diff('second', started_at, coalesce(ended_at, last_out_at)) // 60) END AS minutes, degrees(extreme_c) AS extreme_c
FROM device_run r JOIN device_now d USING (equipment_id)
WHERE edge IN ('high', 'low')
   OR (edge IN ('high_alarm', 'low_alarm') AND date_diff('second', started_at, coalesce(ended_at, last_out_at)) // 60 >= alarm_minutes)
