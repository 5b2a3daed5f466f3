-- Grain: area. Provinces' own stores with stock whose last count of any lot is before $before, or that never counted.
-- Inputs: stock_by_lot, store.
WITH stores AS (
    SELECT b.store_code, s.area_code, max(b.counted_on) AS counted_on
    FROM stock_by_lot b JOIN store s USING (store_code)
    WHERE s.level = 'province' GROUP BY ALL HAVING sum(greatest(b.on_hand, 0)) > 0)
SELECT area_code, count(*) AS stores, CASE WHEN bool_and(counted_on IS NOT NULL) THEN min(counted_on) END AS oldest
FROM stores WHERE counted_on IS NULL OR counted_on < $before GROUP BY ALL ORDER BY ALL
