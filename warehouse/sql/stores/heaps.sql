-- Grain: place x lot x thaw date x what decisions say of its doses ($mark_*: warehouse/reads_marks.py), with doses in its stores or on their way; place: the area, 'national' for the national and
-- regional stores, which are of no province as the central units are. Unit: doses; levels below zero count as none.
-- Inputs: stock_by_lot, store.
WITH mark AS (
    SELECT unnest($mark_stores::VARCHAR[]) AS store_code, unnest($mark_lots::VARCHAR[]) AS lot_number,
           unnest($mark_holds::BOOLEAN[]) AS on_hold, unnest($mark_days::DATE[]) AS decided_until)
SELECT CASE WHEN s.level IN ('national', 'regional') THEN 'national' ELSE b.area_code END AS place, b.area_code AS area,
       lot_number AS lot, product, thawed_on, coalesce(m.on_hold, false) AS on_hold, m.decided_until,
       sum(greatest(on_hand, 0))::BIGINT AS on_hand, sum(greatest(coalesce(in_transit, 0), 0))::BIGINT AS in_transit
FROM stock_by_lot b JOIN store s USING (store_code) LEFT JOIN mark m USING (store_code, lot_number)
WHERE on_hand > 0 OR in_transit > 0
GROUP BY ALL ORDER BY ALL
