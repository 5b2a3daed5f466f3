-- Grain: device of which a temperature was ever told, from when to when, and after how many minutes it counts as silent; its alarms
-- of temperature that began in the last $offender_days days. Inputs: core.device_heard, core.device_run, core.device_edge,
-- core.equipment, core.reporting_gap.
WITH alarm AS (
    SELECT r.equipment_id, count(*) AS alarms FROM core.device_run r JOIN core.device_edge d USING (equipment_id, edge)
    WHERE r.edge IN ('high', 'low', 'high_alarm', 'low_alarm') AND d.alarm_minutes IS NOT NULL
      AND coalesce(r.ended_at, r.last_out_at) >= r.started_at + to_minutes(d.alarm_minutes)
      AND r.started_at > (SELECT as_of FROM outgoing.snapshot_info) - to_days($offender_days::INTEGER)
    GROUP BY r.equipment_id)
SELECT h.equipment_id, h.first_at, h.last_at, coalesce(g.gap_minutes, 60) AS gap_minutes, coalesce(a.alarms, 0) AS alarms
FROM core.device_heard h JOIN core.equipment e USING (equipment_id) LEFT JOIN core.reporting_gap g USING (reporting_mode)
LEFT JOIN alarm a USING (equipment_id)
