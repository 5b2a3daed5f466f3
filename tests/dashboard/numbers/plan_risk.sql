-- Places where something is at risk: doses that the pace leaves over at their expiry, at the present pace and should each week be as
-- the slowest or fastest of the last four; second doses that fall due within `risk_days` or did within `overdue_days`, and of them
-- those beyond the usable doses of their product there; people of sessions ahead. 'all': the sentence above, of every place.
-- Of all that expire up to a day at most the pace times the days up to it is used, and what was over once stays over. The national and
-- regional stores lose their part of what the nation's pace leaves over of everybody's doses that expire on a day.
WITH week AS (
    SELECT unnest(['nation', area_code]) AS place, product, (FROM today) - day AS ago, doses FROM doses_by_day
    WHERE product <> '' AND day < (FROM today) AND day >= (FROM today) - 28),
weekly AS (SELECT place, product, ceil(ago / 7) AS number, sum(doses) AS doses FROM week GROUP BY ALL HAVING sum(doses) > 0),
strays AS (
    SELECT place, product, min(doses) / avg(doses) AS slowest, max(doses) / avg(doses) AS fastest FROM weekly GROUP BY ALL
    HAVING count(*) >= 2),
paced AS (
    SELECT p.place, p.product, unnest(['slow', 'expiring', 'fast']) AS told,
           unnest([p.pace * coalesce(o.slowest, n.slowest, 1), p.pace, p.pace * coalesce(o.fastest, n.fastest, 1)]) AS pace
    FROM place_pace p LEFT JOIN strays o USING (place, product) LEFT JOIN strays n ON n.place = 'nation' AND n.product = p.product),
own AS (
    SELECT place, lot_number, thawed_on, product, until, days_left, sum(fit) AS doses, told
    FROM heap JOIN placed USING (store_code), unnest(['slow', 'expiring', 'fast']) AS kind (told)
    WHERE standing = 'usable' AND fit > 0 AND until IS NOT NULL GROUP BY ALL),
dated AS (
    FROM own
    UNION ALL SELECT 'nation', '', NULL, product, until, days_left, sum(doses), told FROM own GROUP BY ALL),
summed AS (
    SELECT *, (days_left + 1) * coalesce(pace, 0) AS reach,
           sum(doses) OVER (PARTITION BY place, product, told ORDER BY until, lot_number, thawed_on) AS held
    FROM dated LEFT JOIN paced USING (place, product, told)),
used AS (
    SELECT *, held + least(0, min(reach - held) OVER (PARTITION BY place, product, told ORDER BY until, lot_number, thawed_on)) AS spent
    FROM summed),
over AS (
    SELECT place, told, product, until, doses,
           doses - floor(spent - coalesce(lag(spent) OVER (PARTITION BY place, product, told ORDER BY until, lot_number, thawed_on), 0))::BIGINT AS lost
    FROM used),
left_over AS (
    SELECT o.place, o.told, CASE WHEN o.place = 'national' THEN n.lost * o.doses // n.doses ELSE o.lost END AS doses
    FROM over o JOIN over n ON n.place = 'nation' AND n.product = o.product AND n.until = o.until AND n.told = o.told
    WHERE o.place <> 'nation'),
lost AS (PIVOT left_over ON told IN ('slow', 'expiring', 'fast') USING sum(doses) GROUP BY place),
waits AS (
    SELECT area_code AS place, product, sum(people)::BIGINT * (SELECT one_in FROM snapshot_info) AS people FROM people_due
    WHERE due_on BETWEEN (FROM today) - getvariable('overdue_days')::INTEGER AND (FROM today) + getvariable('risk_days')::INTEGER GROUP BY ALL),
lacks AS (
    SELECT place, sum(people) AS due, sum(greatest(people - coalesce(usable, 0), 0)) AS uncovered
    FROM waits LEFT JOIN place_stock USING (place, product) GROUP BY place),
sessions AS (
    SELECT s.area_code AS place, sum(a.planned_people) * (SELECT one_in FROM snapshot_info) AS planned
    FROM session_ahead a JOIN store s ON s.site_code = a.site_code
    WHERE a.day <= (FROM today) + getvariable('risk_days')::INTEGER GROUP BY ALL),
risk AS (
    SELECT place, coalesce(expiring, 0) AS expiring, coalesce(slow, 0) AS slow, coalesce(fast, 0) AS fast, coalesce(due, 0) AS due,
           coalesce(uncovered, 0) AS uncovered
    FROM lost FULL JOIN lacks USING (place) WHERE expiring > 0 OR uncovered > 0)
SELECT place AS key, shown(expiring) AS expiring, shown(slow) AS slow, shown(fast) AS fast, shown(due) AS due, shown(uncovered) AS uncovered,
       shown(coalesce(planned, 0)) AS planned, '' AS said
FROM risk LEFT JOIN sessions USING (place)
UNION ALL SELECT 'all', '', '', '', '', '', '', shown(sum(expiring)) || ' ' || shown(sum(uncovered)) || ' 2' FROM risk
