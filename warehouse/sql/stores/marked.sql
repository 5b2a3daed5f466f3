-- Grain: decision about an excursion x store x lot that it is at work on. Unit: doses of that lot in that store. The newest first.
-- Inputs: stock_mark, store, stock_by_lot.
SELECT s.store_code AS code, s.level, s.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, m.lot_number AS lot, b.product, b.on_hand AS doses, m.decision_id, m.kind, m.usable_until,
       m.actor, m.decided_at, m.equipment_id, m.of_store, m.started_at
FROM stock_mark m JOIN store s USING (store_code) JOIN stock_by_lot b USING (store_code, lot_number)
ORDER BY m.decided_at DESC, m.decision_id DESC, code, lot
