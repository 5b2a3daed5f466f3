-- Grain: place x lot x thaw date (as stores/heaps.sql) with doses at or past the discard point of their vials' own monitors.
-- Unit: doses. Inputs: vial_monitor, stock_by_lot, store.
SELECT CASE WHEN s.level IN ('national', 'regional') THEN 'national' ELSE b.area_code END AS place, v.lot_number AS lot, b.thawed_on,
       sum(v.discard)::BIGINT AS discard
FROM vial_monitor v JOIN stock_by_lot b USING (store_code, lot_number) JOIN store s USING (store_code)
WHERE v.discard > 0 GROUP BY ALL
