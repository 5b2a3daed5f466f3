-- Grain: site. place_code: its province where the list of areas knows it, 'central' for a unit outside provinces, else ''.
-- Inputs: core.site, core.area.
SELECT s.code,
       CASE WHEN a.code IS NOT NULL THEN a.code WHEN s.recipient_code IS NOT NULL THEN 'central' ELSE '' END AS place_code,
       CASE WHEN a.code IS NOT NULL THEN a.code END AS province_code,
       CASE WHEN a.code IS NOT NULL THEN s.district_code END AS district_code
FROM core.site s LEFT JOIN core.area a ON a.code = s.province_code AND a.level = 'province'
ORDER BY s.code
