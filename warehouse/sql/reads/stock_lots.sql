-- Grain: area ('' for the national and regional stores) x product x lot x earliest thaw. Unit: doses, full size; stores with
-- some. Inputs: stock_by_lot, store.
SELECT CASE WHEN s.level IN ('national', 'regional') THEN '' ELSE b.area_code END AS area_code, b.product, b.lot_number,
       b.thawed_on, sum(greatest(b.on_hand, 0))::BIGINT AS doses, sum(greatest(b.in_transit, 0))::BIGINT AS in_transit,
       count(*) FILTER (WHERE b.on_hand > 0) AS stores
FROM stock_by_lot b JOIN store s USING (store_code) WHERE b.on_hand > 0 OR b.in_transit > 0 GROUP BY ALL ORDER BY ALL
