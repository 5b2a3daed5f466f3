-- Grain: device x edge of temp.run_window at which anything lies outside, or did before. Most devices are in order at every edge:
-- one look at the readings, for all of them, says so. looked_at: readings of the device within its windows.
-- Inputs: temp.run_window, core.temperature_reading.
CREATE OR REPLACE TEMP TABLE run_asked AS
WITH device AS (SELECT equipment_id, min(since) AS since FROM temp.run_window GROUP BY equipment_id),
furthest AS (
    SELECT r.equipment_id, count(*) AS looked_at, max(r.temp_c) AS highest, min(r.temp_c) AS lowest,
           bool_or(NOT r.power_on) AS power, bool_or(NOT r.battery_ok) AS battery,
           bool_or(NOT r.probe_ok OR r.temp_c IS NULL) AS probe, bool_or(r.door_open) AS door
    FROM core.temperature_reading r JOIN device d ON d.equipment_id = r.equipment_id AND r.read_at >= d.since
    WHERE r.read_at >= (SELECT min(since) FROM device)
    GROUP BY r.equipment_id)
SELECT w.*, coalesce(f.looked_at, 0) AS looked_at
FROM temp.run_window w LEFT JOIN furthest f USING (equipment_id)
WHERE w.seed_at IS NOT NULL OR CASE
    WHEN w.edge IN ('high', 'high_alarm') THEN f.highest > w.celsius OR (w.inclusive AND f.highest = w.celsius)
    WHEN w.edge IN ('low', 'low_alarm') THEN f.lowest < w.celsius OR (w.inclusive AND f.lowest = w.celsius)
    WHEN w.edge = 'power' THEN f.power WHEN w.edge = 'battery' THEN f.battery
    WHEN w.edge = 'probe' THEN f.probe ELSE f.door END;
