-- Of PostgreSQL. Lines of the newest version of the plan %(plan)s: doses and the digits of the lot, its days, what has not left once
-- something left, and the figures of its reasons.
WITH newest AS (SELECT max(revision) AS revision FROM operations.plan_version WHERE plan_id = %(plan)s),
gone AS (SELECT line, sum(doses) AS doses FROM operations.plan_shipment WHERE plan_id = %(plan)s GROUP BY line),
line AS (
    SELECT l.line::text AS key, l.lot_number, l.doses, l.ship_on, l.arrive_on, l.doses - coalesce(g.doses, 0) AS left_doses,
           l.reasons -> 'reasons' AS why, EXISTS (SELECT FROM gone) AS left_any
    FROM operations.plan_line l JOIN newest USING (revision) LEFT JOIN gone g USING (line) WHERE l.plan_id = %(plan)s),
figure AS (
    SELECT key, name, translate(to_char(value::numeric, CASE WHEN name IN ('giver_days', 'taker_days') THEN 'FM999,999,990.0'
                                                             ELSE 'FM999,999,990' END), ',.', '.,') AS told
    FROM line, jsonb_each_text(why) AS reason (name, value) WHERE jsonb_typeof(why -> name) = 'number')
SELECT l.key, concat_ws(' ', replace(to_char(l.doses, 'FM999,999,999'), ',', '.'),
                        (SELECT string_agg(digits[1], ' ') FROM regexp_matches(l.lot_number, '(\d+)', 'g') AS digits)) AS head,
       to_char(l.ship_on, 'DD/MM/YYYY') || ' ' || to_char(l.arrive_on, 'DD/MM/YYYY') AS days,
       CASE WHEN l.left_any AND l.left_doses > 0 THEN replace(to_char(l.left_doses, 'FM999,999,999'), ',', '.') ELSE '' END AS left,
       max(told) FILTER (WHERE name = 'lot_days') AS lot_days, max(told) FILTER (WHERE name = 'giver_stock') AS giver_stock,
       max(told) FILTER (WHERE name = 'giver_days') AS giver_days, max(told) FILTER (WHERE name = 'giver_spare') AS giver_spare,
       max(told) FILTER (WHERE name = 'giver_lost_before') AS giver_lost_before,
       max(told) FILTER (WHERE name = 'giver_lost_after') AS giver_lost_after,
       max(told) FILTER (WHERE name = 'taker_stock') AS taker_stock, max(told) FILTER (WHERE name = 'taker_days') AS taker_days,
       max(told) FILTER (WHERE name = 'taker_second') AS taker_second,
       max(told) FILTER (WHERE name = 'taker_unmet_before') AS taker_unmet_before,
       max(told) FILTER (WHERE name = 'taker_unmet_after') AS taker_unmet_after,
       max(told) FILTER (WHERE name = 'taker_given_before') AS taker_given_before,
       max(told) FILTER (WHERE name = 'taker_given_after') AS taker_given_after
FROM line l LEFT JOIN figure f USING (key)
GROUP BY l.key, l.lot_number, l.doses, l.ship_on, l.arrive_on, l.left_doses, l.left_any
