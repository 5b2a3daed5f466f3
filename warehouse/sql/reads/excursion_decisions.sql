-- Grain: decision about an excursion, of the device $equipment or of all (''). Inputs: excursion_decision.
SELECT decision_id, equipment_id, kind, started_at, until_at, actor, decided_at, usable_until, lots
FROM excursion_decision WHERE $equipment = '' OR equipment_id = $equipment ORDER BY decision_id
