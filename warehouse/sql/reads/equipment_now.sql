-- Grain: device. Inputs: equipment_now, device.
SELECT n.equipment_id, d.litres, n.model, n.installed_on, n.status, n.status_since, n.status_reason, n.job_opened_at, n.job_assigned
FROM equipment_now n JOIN device d USING (equipment_id)
