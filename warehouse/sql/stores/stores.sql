-- Grain: store of the area $area with a ledger: when it was last counted. Inputs: store, stock_by_lot.
WITH level AS (
    SELECT store_code, max(counted_on) AS counted_on, sum(greatest(on_hand, 0))::BIGINT AS doses
    FROM stock_by_lot WHERE $area = '' OR area_code = $area GROUP BY ALL)
SELECT s.store_code AS code, s.level, s.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, l.counted_on, l.doses
FROM store s JOIN level l USING (store_code)
ORDER BY s.store_code
