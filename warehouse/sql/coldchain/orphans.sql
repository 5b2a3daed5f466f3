-- Runs of edges that their device has no longer. Inputs: core.device_run, temp.run_window.
DELETE FROM core.device_run WHERE NOT archived
    AND (equipment_id, edge) NOT IN (SELECT (equipment_id, edge) FROM temp.run_window);
