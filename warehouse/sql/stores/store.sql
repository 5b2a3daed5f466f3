-- Grain: the store $store: where it stands, and when any lot in it was last counted. Inputs: store, stock_by_lot.
SELECT s.store_code AS code, s.level, s.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, (SELECT max(counted_on) FROM stock_by_lot WHERE store_code = $store) AS counted_on,
       (SELECT coalesce(sum(greatest(on_hand, 0)), 0) FROM stock_by_lot WHERE store_code = $store)::BIGINT AS doses
FROM store s WHERE s.store_code = $store
