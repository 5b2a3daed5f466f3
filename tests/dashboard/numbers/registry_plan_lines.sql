-- Of PostgreSQL. Lines of the newest version of the plan %(plan)s: doses and the digits of the lot, its days, what has not left once
-- something left, the figures of its reasons; trays, vials and doses beside them, and, of a line that nobody changed, the doses for which
-- a tray is opened.
WITH newest AS (SELECT max(revision) AS revision FROM operations.plan_version WHERE plan_id = %(plan)s),
gone AS (SELECT line, sum(doses) AS doses FROM operations.plan_shipment WHERE plan_id = %(plan)s GROUP BY line),
line AS (
    SELECT l.line::text AS key, l.lot_number, l.doses, l.ship_on, l.arrive_on, l.doses - coalesce(g.doses, 0) AS left_doses,
           l.reasons -> 'reasons' AS why, EXISTS (SELECT FROM gone) AS left_any, l.doses / k.doses_per_vial / k.vials_per_tray AS trays,
           mod(l.doses / k.doses_per_vial, k.vials_per_tray) AS vials, mod(l.doses, k.doses_per_vial) AS loose,
           CASE WHEN l.reasons ->> 'packed' = 'opened' AND NOT EXISTS (
               SELECT FROM operations.plan_line b WHERE b.plan_id = l.plan_id AND b.line = l.line AND b.revision < l.revision
                   AND (b.doses, b.ship_on, b.arrive_on) <> (l.doses, l.ship_on, l.arrive_on))
                THEN ceil((l.reasons -> 'opened_for' ->> 'amount')::numeric) END AS opened
    FROM operations.plan_line l JOIN newest USING (revision) LEFT JOIN gone g USING (line) JOIN registry.lot k USING (lot_number)
    WHERE l.plan_id = %(plan)s),
figure AS (
    SELECT key, name, translate(to_char(value::numeric, CASE WHEN name IN ('giver_days', 'taker_days') THEN 'FM999,999,990.0'
                                                             ELSE 'FM999,999,990' END), ',.', '.,') AS told
    FROM line, jsonb_each_text(why) AS reason (name, value) WHERE jsonb_typeof(why -> name) = 'number')
SELECT l.key, concat_ws(' ', replace(to_char(l.doses, 'FM999,999,999'), ',', '.'),
                        (SELECT string_agg(digits[1], ' ') FROM regexp_matches(l.lot_number, '(\d+)', 'g') AS digits)) AS head,
       to_char(l.ship_on, 'DD/MM/YYYY') || ' ' || to_char(l.arrive_on, 'DD/MM/YYYY') AS days,
       CASE WHEN l.left_any AND l.left_doses > 0 THEN replace(to_char(l.left_doses, 'FM999,999,999'), ',', '.') ELSE '' END AS left,
       (SELECT coalesce(string_agg(replace(to_char(part, 'FM999,999,999'), ',', '.'), ' ' ORDER BY at), '')
        FROM unnest(ARRAY[l.trays, l.vials, l.loose, l.opened]) WITH ORDINALITY AS of_line (part, at) WHERE part > 0) AS packed,
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
GROUP BY l.key, l.lot_number, l.doses, l.ship_on, l.arrive_on, l.left_doses, l.left_any, l.trays, l.vials, l.loose, l.opened
