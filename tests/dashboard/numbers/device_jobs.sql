-- Repairs of one device.
SELECT job_id::VARCHAR AS key, strftime(opened_at AT TIME ZONE getvariable('zone'), '%H %M %d/%m/%Y') AS opened_at,
       coalesce(strftime(assigned_at AT TIME ZONE getvariable('zone'), '%H %M %d/%m/%Y'), '') AS assigned_at,
       coalesce(strftime(done_at AT TIME ZONE getvariable('zone'), '%H %M %d/%m/%Y'), '') AS done_at
FROM repair_job WHERE equipment_id = getvariable('device')
