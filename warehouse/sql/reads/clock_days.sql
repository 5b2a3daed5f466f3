-- Grain: day, from the first to the last of the snapshot, days without a dose included; of the nation where $area is '',
-- else of doses given in that area. Unit: doses, the same doses on two clocks: injected on the day, recorded on the day;
-- late: recorded on the day but injected on an earlier one. expected, low and high (80 %) only for days that are not
-- complete yet. Inputs: doses_by_day, doses_by_recorded_day, nowcast, snapshot_info.
WITH days AS (
    SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day FROM snapshot_info
    WHERE first_day IS NOT NULL),
injected AS (SELECT day, sum(doses) AS doses FROM doses_by_day WHERE $area IN ('', area_code) GROUP BY day),
recorded AS (
    SELECT day, sum(doses) AS doses, sum(doses) FILTER (WHERE lag_bucket <> '0') AS late
    FROM doses_by_recorded_day WHERE $area IN ('', area_code) GROUP BY day)
SELECT d.day, coalesce(i.doses, 0)::BIGINT AS injected,
       CASE WHEN EXISTS (FROM doses_by_recorded_day) THEN coalesce(r.doses, 0) END::BIGINT AS recorded,
       CASE WHEN EXISTS (FROM doses_by_recorded_day) THEN coalesce(r.late, 0) END::BIGINT AS late,
       n.expected, n.low, n.high
FROM days d LEFT JOIN injected i USING (day) LEFT JOIN recorded r USING (day)
LEFT JOIN nowcast n ON n.day = d.day AND n.area_code = $area
ORDER BY d.day
