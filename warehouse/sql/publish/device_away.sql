-- Grain: device x stretch of the last $uptime_days days in which it was out of range, or told no temperature. to_at NULL: it goes
-- on. The silence since its last word is the reader's to see. Inputs: core.device_run, core.device_gap.
WITH since AS (SELECT as_of - to_days($uptime_days::INTEGER) AS told_at FROM outgoing.snapshot_info)
SELECT equipment_id, 'out' AS kind, started_at AS from_at, ended_at AS to_at FROM core.device_run, since
WHERE edge IN ('high', 'low') AND (ended_at IS NULL OR ended_at > since.told_at)
UNION ALL
SELECT equipment_id, 'silent', from_at, to_at FROM core.device_gap, since WHERE to_at > since.told_at
