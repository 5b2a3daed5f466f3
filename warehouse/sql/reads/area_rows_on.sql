-- Grain: area. Unit: doses by place of vaccination, injected on $day or before, and in the seven days that end with it, as
-- they are recorded now. Registrations and stock are not kept by day. Inputs: area, doses_by_day, snapshot_info.
WITH given AS (
    SELECT area_code, sum(doses) AS doses, sum(doses) FILTER (WHERE day > $day::DATE - 7) AS doses_last_7_days
    FROM doses_by_day WHERE day <= $day GROUP BY area_code),
told AS (SELECT DISTINCT area_code FROM doses_by_day)
SELECT a.code, a.name_vi, a.name_en, a.region_vi, a.region_en, a.position,
       CASE WHEN w.told THEN coalesce(g.doses, 0) END::BIGINT AS doses,
       CASE WHEN w.told THEN coalesce(g.doses_last_7_days, 0) END::BIGINT AS doses_last_7_days,
       NULL::BIGINT AS registered, NULL::BIGINT AS delivered, NULL::BIGINT AS on_hand, NULL::DATE AS last_report_on
FROM area a
LEFT JOIN given g ON g.area_code = a.code
-- An area without a tally on any day has made no report; a record feed that is silent about one tells nought.
CROSS JOIN LATERAL (
    SELECT EXISTS (FROM doses_by_day)
           AND (a.code IN (SELECT area_code FROM told) OR (FROM (SELECT kind = 'record' FROM snapshot_info))) AS told) w
ORDER BY a.position
