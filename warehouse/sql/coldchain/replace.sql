-- The runs found take the place of those that began within the windows. Inputs: temp.run_piece, temp.found_run.
DELETE FROM core.device_run USING temp.run_piece w
WHERE device_run.equipment_id = w.equipment_id AND device_run.edge = w.edge
  AND device_run.started_at >= coalesce(w.seed_started_at, w.since) AND NOT device_run.archived;
-- Readings of an archived run may be kept for the sake of a longer one: it is there already.
INSERT INTO core.device_run BY NAME
FROM temp.found_run f WHERE NOT EXISTS (
    SELECT 1 FROM core.device_run a
    WHERE a.archived AND a.equipment_id = f.equipment_id AND a.edge = f.edge AND a.started_at = f.started_at);
