-- Grain: repair of one device. Inputs: core.repair_job.
SELECT job_id, equipment_id, opened_at, assigned_at, done_at FROM core.repair_job
