-- Grain: site with a session or a dose on the snapshot's day. area_code: where it is, 'central' for a unit outside provinces,
-- 'unknown' for a site that is in no list. Inputs: core.site, core.area, core.site_record, outgoing.site_session,
-- outgoing.doses_by_site_hour, outgoing.snapshot_info.
WITH wanted AS (
    SELECT site_code FROM outgoing.site_session
    UNION
    SELECT site_code FROM outgoing.doses_by_site_hour WHERE day = (SELECT as_of::DATE FROM outgoing.snapshot_info))
SELECT w.site_code,
       CASE WHEN a.code IS NOT NULL THEN a.code WHEN s.recipient_code IS NOT NULL THEN 'central' ELSE 'unknown' END
           AS area_code,
       CASE WHEN a.code IS NOT NULL THEN coalesce(s.district_code, '') ELSE '' END AS district_code, r.last_recorded_at
FROM wanted w
LEFT JOIN core.site s ON s.code = w.site_code
LEFT JOIN core.area a ON a.code = s.province_code AND a.level = 'province'
LEFT JOIN core.site_record r ON r.site_code = w.site_code
