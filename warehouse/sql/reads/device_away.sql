-- Grain: device x stretch out of range or silent. Inputs: device_away.
SELECT equipment_id, kind, from_at, to_at FROM device_away
