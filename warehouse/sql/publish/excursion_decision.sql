-- Grain: decision about an excursion. Inputs: core.excursion_line.
SELECT decision_id, any_value(equipment_id) AS equipment_id, any_value(kind) AS kind, min(started_at) AS started_at,
       max(until_at) AS until_at, coalesce(any_value(actor), '') AS actor, min(decided_at) AS decided_at,
       max(usable_until) AS usable_until, string_agg(lot_number, ', ' ORDER BY lot_number) AS lots
FROM core.excursion_line GROUP BY decision_id ORDER BY decision_id
