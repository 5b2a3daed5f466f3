-- Grain: kind of vial x reason, the most doses first. Unit: doses since the beginning; of the area $area, or of the store $store.
-- Inputs: stock_waste, store.
SELECT w.closed, w.reason, sum(w.doses)::BIGINT AS doses, count(DISTINCT w.store_code) AS stores
FROM stock_waste w JOIN store s USING (store_code)
WHERE ($area = '' OR s.area_code = $area) AND ($store = '' OR w.store_code = $store)
GROUP BY ALL ORDER BY doses DESC, closed, reason
