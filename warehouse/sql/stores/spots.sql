-- Grain: store of $stores, where it stands. Inputs: store.
SELECT store_code AS code, level, area_code AS area, coalesce(district_code, '') AS district,
       coalesce(site_code, '') AS site
FROM store WHERE store_code IN (SELECT unnest($stores::VARCHAR[])) ORDER BY store_code
