-- Grain: device of which a temperature was ever told. Inputs: device_heard.
SELECT equipment_id, first_at, last_at, gap_minutes, alarms FROM device_heard
