-- Grain: place x item of which anything is kept, of the area $area or the store $store, or of all. place: the store where $by_store,
-- else the area, 'national' for the national and regional stores. Unit: pieces; levels below zero count as none.
-- Inputs: supply_by_store, store.
SELECT CASE WHEN $by_store THEN b.store_code WHEN s.level IN ('national', 'regional') THEN 'national' ELSE b.area_code END AS place,
       b.item, sum(greatest(b.on_hand, 0))::BIGINT AS pieces
FROM supply_by_store b JOIN store s USING (store_code)
WHERE ($area = '' OR b.area_code = $area) AND ($store = '' OR b.store_code = $store)
GROUP BY ALL ORDER BY ALL
