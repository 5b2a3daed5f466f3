-- Days that those waited who were served (the least number that so many do not exceed), and how long the others wait.
WITH served AS (
    SELECT key, quantile_disc(waited_days, [0.5, 0.9]) AS days
    FROM (SELECT p.key, unnest(range(registrations)) AS one, waited_days FROM registration_wait w JOIN place p USING (area_code))
    GROUP BY key),
still AS (
    SELECT key, state, registrations AS n, date_diff('day', registered_on, (FROM today)) AS days
    FROM registration_open JOIN place USING (area_code)),
counted AS (
    SELECT p.key, sum(n) AS waiting, sum(n) FILTER (WHERE days <= 7) AS a, sum(n) FILTER (WHERE days BETWEEN 8 AND 14) AS b,
           sum(n) FILTER (WHERE days BETWEEN 15 AND 30) AS c, sum(n) FILTER (WHERE days BETWEEN 31 AND 60) AS d,
           sum(n) FILTER (WHERE days > 60) AS e, sum(n) FILTER (WHERE days > getvariable('unserved_days')) AS long,
           sum(n) FILTER (WHERE state = 'deferred') AS deferred
    FROM (SELECT DISTINCT key FROM place) p LEFT JOIN still USING (key) GROUP BY p.key)
SELECT key, shown(days[1]) AS median_days, shown(days[2]) AS p90_days, shown(coalesce(waiting, 0)) AS waiting,
       shown(coalesce(a, 0)) AS days_0_7, shown(coalesce(b, 0)) AS days_8_14, shown(coalesce(c, 0)) AS days_15_30,
       shown(coalesce(d, 0)) AS days_31_60, shown(coalesce(e, 0)) AS days_61_up, shown(coalesce(long, 0)) AS long,
       shown(coalesce(deferred, 0)) AS deferred
FROM counted LEFT JOIN served USING (key) WHERE key NOT LIKE 'tier-%' AND key <> 'central'
