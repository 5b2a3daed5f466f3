-- Grain: device x edge x run that goes on, or whose end was heard of in the last $run_days days. Inputs: core.device_run, core.device_edge.
SELECT r.equipment_id, r.edge, r.started_at, r.last_out_at, r.ended_at, r.ended, r.readings, r.extreme_c, d.celsius AS limit_c,
       d.alarm_minutes, r.heard_at, r.end_heard_at
FROM core.device_run r JOIN core.device_edge d USING (equipment_id, edge)
WHERE r.ended_at IS NULL OR greatest(r.ended_at, r.end_heard_at) >= (SELECT as_of FROM outgoing.snapshot_info) - to_days($run_days::INTEGER)
