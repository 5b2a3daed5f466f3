-- Grain: physical count of the last $difference_days days that differed from the book. Inputs: core.stock_count, core.store, core.lot.
SELECT c.movement_id, c.store_code, c.lot_number, coalesce(l.product_code, '') AS product,
       coalesce(s.province_code, 'central') AS area_code, c.counted_at, c.expected, c.counted, c.difference, c.reason
FROM core.stock_count c JOIN core.store s ON s.code = c.store_code LEFT JOIN core.lot l USING (lot_number)
WHERE c.counted_at >= (SELECT as_of FROM outgoing.snapshot_info) - to_days($difference_days::INTEGER)
