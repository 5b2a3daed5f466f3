-- Grain: place x lot x thaw date, with doses in its stores or on their way; place: the area, 'national' for the national and
-- regional stores, which are of no province as the central units are. Unit: doses; levels below zero count as none.
-- Inputs: stock_by_lot, store.
SELECT CASE WHEN s.level IN ('national', 'regional') THEN 'national' ELSE b.area_code END AS place, b.area_code AS area,
       lot_number AS lot, product, thawed_on, sum(greatest(on_hand, 0))::BIGINT AS on_hand, sum(greatest(coalesce(in_transit, 0), 0))::BIGINT AS in_transit
FROM stock_by_lot b JOIN store s USING (store_code) WHERE on_hand > 0 OR in_transit > 0
GROUP BY ALL ORDER BY ALL
