-- Devices in use with three alarms or more.
SELECT equipment_id AS key, shown(alarms) AS alarms, part(good, counted) AS uptime_share
FROM registered WHERE alarms >= 3 AND status <> 'not_in_use'
