-- Decisions after excursions that are at work: doses of the lot in each store.
SELECT m.store_code || ' ' || m.lot_number || ' ' || m.decision_id AS key, shown(on_hand) AS doses
FROM stock_mark m JOIN stock_by_lot USING (store_code, lot_number) JOIN store s USING (store_code)
WHERE getvariable('area') IN ('', s.area_code)
