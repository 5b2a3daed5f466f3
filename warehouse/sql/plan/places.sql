-- Grain: store that a plan may know, and the store it is planned with (place): of the nation that of its province, of its
-- central unit, or itself; inside the province $inside the province's own, that of its district, or itself. place NULL: nobody's.
-- counted_on: its last physical count. Inputs: store, stock_by_lot.
WITH own AS (SELECT area_code, min(store_code) AS place FROM store WHERE level = 'province' GROUP BY ALL),
near AS (SELECT district_code, min(store_code) AS place FROM store WHERE level = 'district' GROUP BY ALL),
counted AS (SELECT store_code, max(counted_on) AS counted_on FROM stock_by_lot GROUP BY ALL)
SELECT s.store_code AS code, s.level, s.area_code AS area, coalesce(s.district_code, '') AS district,
       coalesce(s.recipient_code, '') AS recipient, coalesce(s.parent_code, '') AS parent, c.counted_on,
       CASE WHEN $inside = '' AND s.level IN ('national', 'regional', 'recipient') THEN s.store_code
            WHEN $inside = '' AND s.area_code = 'central' THEN s.parent_code
            WHEN $inside = '' THEN own.place
            WHEN s.level = 'site' THEN coalesce(near.place, s.parent_code)
            ELSE s.store_code END AS place
FROM store s LEFT JOIN own USING (area_code) LEFT JOIN near ON near.district_code = s.district_code
     LEFT JOIN counted c USING (store_code)
WHERE $inside = '' OR s.area_code = $inside ORDER BY s.store_code
