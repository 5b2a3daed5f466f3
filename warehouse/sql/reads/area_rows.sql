-- Grain: area. Doses by place of vaccination, registrations and stock by area; NULL where the source has no such feed.
-- Inputs: area, doses_by_day, registration_by_area, stock_by_area, area_report, snapshot_info.
WITH given AS (
    SELECT area_code, sum(doses) AS doses,
           sum(doses) FILTER (WHERE day > (SELECT last_day FROM snapshot_info) - 7) AS doses_last_7_days
    FROM doses_by_day GROUP BY area_code),
registered AS (SELECT area_code, sum(people) AS people FROM registration_by_area GROUP BY area_code),
stock AS (SELECT area_code, sum(delivered) AS delivered, sum(on_hand) AS on_hand FROM stock_by_area GROUP BY area_code)
SELECT a.code, a.name_vi, a.name_en, a.region_vi, a.region_en, a.position,
       CASE WHEN w.told THEN coalesce(g.doses, 0) END::BIGINT AS doses,
       CASE WHEN w.told THEN coalesce(g.doses_last_7_days, 0) END::BIGINT AS doses_last_7_days,
       CASE WHEN EXISTS (FROM registration_by_area) THEN coalesce(r.people, 0) END::BIGINT AS registered,
       s.delivered::BIGINT AS delivered, s.on_hand::BIGINT AS on_hand, t.last_report_on
FROM area a
LEFT JOIN given g ON g.area_code = a.code
LEFT JOIN registered r ON r.area_code = a.code
LEFT JOIN stock s ON s.area_code = a.code
LEFT JOIN area_report t ON t.area_code = a.code
-- An area without a published tally has made no report: that is not zero. A record feed that is silent about one is.
CROSS JOIN LATERAL (
    SELECT EXISTS (FROM doses_by_day) AND (g.doses IS NOT NULL OR (FROM (SELECT kind = 'record' FROM snapshot_info)))
        AS told) w
ORDER BY a.position
