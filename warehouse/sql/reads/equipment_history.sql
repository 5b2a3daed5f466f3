-- Grain: device x instant from which it is in a status, of one device or of all (''). Inputs: equipment_history.
SELECT equipment_id, since, status, reason, by_person FROM equipment_history
WHERE $equipment IN ('', equipment_id) ORDER BY since, by_person, status
