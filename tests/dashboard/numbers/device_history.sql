-- The history of one device, the newest first.
SELECT (row_number() OVER (ORDER BY since) - 1)::VARCHAR AS key, strftime(since AT TIME ZONE getvariable('zone'), '%H %M %d/%m/%Y') AS since
FROM equipment_history WHERE equipment_id = getvariable('device')
