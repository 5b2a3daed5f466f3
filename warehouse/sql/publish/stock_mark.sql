-- Grain: decision about an excursion x store x lot that it is at work on. Inputs: core.stock_mark, core.excursion_line.
SELECT m.store_code, m.lot_number, l.decision_id, l.kind, l.usable_until, coalesce(l.actor, '') AS actor, l.decided_at,
       l.equipment_id, l.store_code AS of_store, l.started_at
FROM core.stock_mark m JOIN core.excursion_line l USING (line_id) ORDER BY ALL
