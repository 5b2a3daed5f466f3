-- Devices by what they are said to be: together they are all devices.
SELECT 'number' AS kind, 'device_' || s.state AS key, shown(count(d.equipment_id)) AS shown
FROM (VALUES ('alarm'), ('silent'), ('out'), ('fault'), ('never'), ('good')) s(state) LEFT JOIN device_now d USING (state)
GROUP BY s.state
