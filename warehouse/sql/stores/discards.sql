-- Grain: place x lot x thaw date x what decisions say (as stores/heaps.sql) with doses at or past the discard point of their
-- vials' own monitors. Unit: doses. Inputs: vial_monitor, stock_by_lot, store.
WITH mark AS (
    SELECT unnest($mark_stores::VARCHAR[]) AS store_code, unnest($mark_lots::VARCHAR[]) AS lot_number,
           unnest($mark_holds::BOOLEAN[]) AS on_hold, unnest($mark_days::DATE[]) AS decided_until)
SELECT CASE WHEN s.level IN ('national', 'regional') THEN 'national' ELSE b.area_code END AS place, v.lot_number AS lot, b.thawed_on,
       coalesce(m.on_hold, false) AS on_hold, m.decided_until, sum(v.discard)::BIGINT AS discard
FROM vial_monitor v JOIN stock_by_lot b USING (store_code, lot_number) JOIN store s USING (store_code)
LEFT JOIN mark m USING (store_code, lot_number)
WHERE v.discard > 0 GROUP BY ALL
