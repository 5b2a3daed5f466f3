-- Devices by what they are said to be: together they are all devices.
SELECT 'number' AS kind, 'device_' || s.state AS key, shown(count(d.equipment_id)) AS shown
FROM (VALUES ('alarm'), ('silent'), ('out'), ('fault'), ('never'), ('good'), ('not_working'), ('not_in_use')) s(state) LEFT JOIN device_now d USING (state)
GROUP BY s.state
UNION ALL
SELECT 'number', 'equipment_' || s.status, shown(count(d.equipment_id))
FROM (VALUES ('working'), ('needs_repair'), ('not_working'), ('not_in_use')) s(status) LEFT JOIN device_now d USING (status)
GROUP BY s.status
