-- Grain: store that is no site's own, where it stands: what a search offers beside the places. Inputs: store.
SELECT store_code AS code, level, area_code AS area, coalesce(district_code, '') AS district
FROM store WHERE site_code IS NULL ORDER BY store_code
