-- Grain: area ('' for the national and regional stores) x product x lot x earliest thaw x what decisions say of
-- its doses ($mark_*: warehouse/reads_marks.py). Unit: doses, full size; stores with some. Inputs: stock_by_lot, store.
WITH mark AS (
    SELECT unnest($mark_stores::VARCHAR[]) AS store_code, unnest($mark_lots::VARCHAR[]) AS lot_number,
           unnest($mark_holds::BOOLEAN[]) AS on_hold, unnest($mark_days::DATE[]) AS decided_until)
SELECT CASE WHEN s.level IN ('national', 'regional') THEN '' ELSE b.area_code END AS area_code, b.product, b.lot_number,
       b.thawed_on, coalesce(m.on_hold, false) AS on_hold, m.decided_until, sum(greatest(b.on_hand, 0))::BIGINT AS doses, sum(greatest(b.in_transit, 0))::BIGINT AS in_transit,
       count(*) FILTER (WHERE b.on_hand > 0) AS stores
FROM stock_by_lot b JOIN store s USING (store_code) LEFT JOIN mark m USING (store_code, lot_number)
WHERE b.on_hand > 0 OR b.in_transit > 0 GROUP BY ALL ORDER BY ALL
