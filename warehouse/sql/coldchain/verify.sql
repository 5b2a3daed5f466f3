-- Grain: one row. Runs of the devices of temp.run_piece whose readings are kept, and how many differ from those counted
-- anew (temp.found_run).
-- Inputs: core.device_run, core.readings_kept, temp.found_run, temp.run_piece.
WITH kept AS (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) AS since FROM core.readings_kept),
held AS (
    SELECT equipment_id, edge, started_at, last_out_at, ended_at, ended, readings, extreme_c, heard_at, end_heard_at
    FROM core.device_run, kept
    WHERE NOT archived AND (ended_at IS NULL OR ended_at >= since)
      AND equipment_id IN (SELECT equipment_id FROM temp.run_piece)),
found AS (
    SELECT equipment_id, edge, started_at, last_out_at, ended_at, ended, readings, extreme_c, heard_at, end_heard_at
    FROM temp.found_run, kept WHERE ended_at IS NULL OR ended_at >= since)
SELECT (SELECT count(*) FROM held) AS checked,
       (SELECT count(*) FROM ((FROM held EXCEPT FROM found) UNION ALL (FROM found EXCEPT FROM held))) AS differing
