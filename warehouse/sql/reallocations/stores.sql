-- Grain: store that a line takes from or brings to. Inputs: reallocation_line, store.
SELECT s.store_code AS code, s.level, s.area_code AS area, coalesce(s.district_code, '') AS district,
       coalesce(s.site_code, '') AS site
FROM store s SEMI JOIN (
    SELECT giver AS store_code FROM reallocation_line UNION SELECT taker FROM reallocation_line) named USING (store_code)
ORDER BY s.store_code
