-- Grain: device x edge x run. Inputs: device_run.
SELECT equipment_id, edge, started_at, last_out_at, ended_at, ended, readings, extreme_c, limit_c, alarm_minutes,
       heard_at, end_heard_at
FROM device_run ORDER BY started_at DESC, equipment_id, edge
