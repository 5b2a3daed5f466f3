-- Grain: device: its status in force and its open repair. campaign/equipment.py (in_force) has the rule of what is in force.
-- Inputs: core.equipment, core.store, core.equipment_history, core.repair_job.
WITH begun AS (
    SELECT h.* FROM core.equipment_history h WHERE h.since <= (SELECT as_of FROM outgoing.snapshot_info)),
in_force AS (
    SELECT equipment_id, arg_max(status, (since, by_person, status)) AS status, max(since) AS since,
           arg_max(reason, (since, by_person, status)) AS reason
    FROM begun GROUP BY equipment_id),
job AS (
    SELECT equipment_id, min(opened_at) AS opened_at, arg_min(assigned_at IS NOT NULL, opened_at) AS assigned
    FROM core.repair_job WHERE done_at IS NULL GROUP BY equipment_id)
SELECT e.equipment_id, coalesce(e.model, '') AS model, e.installed_on, coalesce(f.status, 'working') AS status, f.since AS status_since,
       coalesce(f.reason, '') AS status_reason, j.opened_at AS job_opened_at, coalesce(j.assigned, false) AS job_assigned,
       e.holdover_hours
FROM core.equipment e SEMI JOIN core.store s ON s.code = e.store_code
LEFT JOIN in_force f USING (equipment_id) LEFT JOIN job j USING (equipment_id)
