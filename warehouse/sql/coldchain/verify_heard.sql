-- Grain: one row. Devices heard of, and silences that end after the first reading that is kept; how many differ from those counted
-- anew (temp.found_heard, temp.found_gap). Inputs: core.device_heard, core.device_gap, core.readings_kept.
WITH kept AS (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) AS since FROM core.readings_kept),
gap AS (SELECT g.equipment_id, g.from_at, g.to_at FROM core.device_gap g, kept WHERE g.to_at > kept.since),
heard AS (SELECT equipment_id, first_at, last_at FROM core.device_heard)
SELECT (SELECT count(*) FROM heard) + (SELECT count(*) FROM gap) AS checked,
       (SELECT count(*) FROM ((FROM gap EXCEPT FROM temp.found_gap) UNION ALL (FROM temp.found_gap EXCEPT FROM gap)))
       + (SELECT count(*) FROM ((FROM heard EXCEPT FROM temp.found_heard) UNION ALL (FROM temp.found_heard EXCEPT FROM heard))) AS differing
