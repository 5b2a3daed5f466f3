-- Doses of today by hour, beside what the plans of the day ask for in each hour of the sessions (`hours`, a list).
WITH given AS (
    SELECT hour, sum(h.doses) AS doses FROM doses_by_site_hour h JOIN site_today USING (site_code) WHERE day = (FROM today) GROUP BY hour),
plan AS (SELECT sum(planned) / len(getvariable('hours')) AS capacity FROM site_today),
listed AS (
    SELECT unnest(range(getvariable('opens'), getvariable('closes'))) AS hour UNION SELECT hour FROM given WHERE doses <> 0)
SELECT printf('%d', hour) AS key,
       shown(if(hour <= (SELECT hour(as_of AT TIME ZONE getvariable('zone')) FROM snapshot_info), coalesce(doses, 0), doses)) AS doses,
       if(list_contains(getvariable('hours'), hour), tenth(capacity), '') AS capacity,
       if(list_contains(getvariable('hours'), hour)
          AND hour <= (SELECT hour(as_of AT TIME ZONE getvariable('zone')) FROM snapshot_info),
          tenth(floor(round(coalesce(doses, 0) / capacity * 1000, 6)) / 10) || '%', '') AS capacity_share
FROM listed LEFT JOIN given USING (hour), plan
