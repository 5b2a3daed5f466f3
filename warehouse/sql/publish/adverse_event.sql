-- Grain: area of the site x product x seriousness. Unit: events. Inputs: core.adverse_event, core.site, mart.area.
SELECT coalesce(a.code, CASE WHEN s.recipient_code IS NOT NULL THEN 'central' ELSE 'unknown' END) AS area_code,
       coalesce(e.product_code, '') AS product, e.serious, count(*) AS events
FROM core.adverse_event e LEFT JOIN core.site s ON s.code = e.site_code LEFT JOIN mart.area a ON a.code = s.province_code
GROUP BY ALL ORDER BY ALL
