-- Grain: device x instant from which it is in a status. Inputs: core.equipment_history.
SELECT equipment_id, since, status, reason, by_person FROM core.equipment_history
