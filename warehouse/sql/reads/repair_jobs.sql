-- Grain: repair of one device, or of all ('').  Inputs: repair_job.
SELECT job_id, equipment_id, opened_at, assigned_at, done_at FROM repair_job
WHERE $equipment IN ('', equipment_id) ORDER BY opened_at, job_id
