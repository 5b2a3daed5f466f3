-- Grain: store with closed vials wasted in the last days, or with any wasted without a reason; area: '' of the national and regional
-- stores. Unit: doses. Inputs: stock_week, store.
SELECT w.store_code AS store, CASE WHEN s.level IN ('national', 'regional') THEN '' ELSE s.area_code END AS area, w.handled, w.closed,
       w.unsaid
FROM stock_week w JOIN store s USING (store_code) ORDER BY area, store
