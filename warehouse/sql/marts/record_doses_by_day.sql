-- Grain: place of vaccination x day of injection x product. Unit: doses, voided ones left out.
-- A site without a province that belongs to a unit outside provinces counts as 'central'. Inputs: core.dose, core.site.
SELECT CASE WHEN s.province_code IS NOT NULL THEN s.province_code WHEN s.recipient_code IS NOT NULL THEN 'central'
            ELSE 'unknown' END AS area_code,
       d.injected_at::DATE AS day, d.product_code AS product, count(*) AS doses
FROM core.dose d LEFT JOIN core.site s ON s.code = d.site_code
WHERE NOT d.voided
GROUP BY ALL
