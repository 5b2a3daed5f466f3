-- Grain: place of vaccination x day of recording x days from injection to recording. Unit: doses. Same doses as
-- doses_by_day on the other clock: the totals are equal. Inputs: core.dose, core.site.
SELECT CASE WHEN s.province_code IS NOT NULL THEN s.province_code WHEN s.recipient_code IS NOT NULL THEN 'central'
            ELSE 'unknown' END AS area_code,
       d.recorded_at::DATE AS day,
       CASE WHEN lag <= 0 THEN '0' WHEN lag <= 3 THEN '1_3' WHEN lag <= 7 THEN '4_7' WHEN lag <= 30 THEN '8_30'
            ELSE 'over_30' END AS lag_bucket,
       count(*) AS doses
FROM (SELECT *, date_diff('day', injected_at::DATE, recorded_at::DATE) AS lag FROM core.dose WHERE NOT voided) d
LEFT JOIN core.site s ON s.code = d.site_code
GROUP BY ALL
