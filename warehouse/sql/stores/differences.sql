-- Grain: physical count that differed from the book, the newest first. Unit: doses. Inputs: stock_difference, store.
SELECT s.store_code AS code, s.level, d.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, d.movement_id AS id, d.lot_number AS lot, d.product, d.difference, d.counted_at AS at,
       d.expected, d.counted, d.reason
FROM stock_difference d JOIN store s USING (store_code) ORDER BY d.counted_at DESC, d.movement_id
