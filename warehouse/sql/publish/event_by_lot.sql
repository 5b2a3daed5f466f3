-- Grain: lot x site x product x seriousness x local day of recording. Unit: events. Inputs: core.adverse_event, core.site, mart.area.
SELECT coalesce(e.lot_number, '') AS lot_number, coalesce(e.site_code, '') AS site_code,
       coalesce(a.code, CASE WHEN s.recipient_code IS NOT NULL THEN 'central' ELSE 'unknown' END) AS area_code,
       coalesce(e.product_code, '') AS product, e.serious, e.recorded_at::DATE AS recorded_on, count(*) AS events
FROM core.adverse_event e LEFT JOIN core.site s ON s.code = e.site_code LEFT JOIN mart.area a ON a.code = s.province_code
GROUP BY ALL
