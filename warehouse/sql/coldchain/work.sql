-- Grain: one row: about how many readings the windows have to look at. Inputs: temp.run_window, core.temperature_reading.
SELECT count(*) FROM core.temperature_reading r
JOIN (SELECT equipment_id, min(since) AS since FROM temp.run_window GROUP BY equipment_id) w
    ON w.equipment_id = r.equipment_id AND r.read_at >= w.since
WHERE r.read_at >= (SELECT min(since) FROM temp.run_window)
