-- Of PostgreSQL. Versions of the plan %(plan)s that changed one line each: the line as it became, then doses and day before and after.
SELECT v.revision::text AS key,
       coalesce(concat_ws(' ', replace(to_char(l.doses, 'FM999,999,999'), ',', '.'),
                          (SELECT string_agg(digits[1], ' ') FROM regexp_matches(l.lot_number, '(\d+)', 'g') AS digits),
                          replace(to_char(b.doses, 'FM999,999,999'), ',', '.'), to_char(b.ship_on, 'DD/MM/YYYY'),
                          replace(to_char(l.doses, 'FM999,999,999'), ',', '.'), to_char(l.ship_on, 'DD/MM/YYYY')), '') AS changes
FROM operations.plan_version v
     LEFT JOIN (operations.plan_line l JOIN operations.plan_line b ON b.plan_id = l.plan_id AND b.revision = l.revision - 1 AND b.line = l.line
                                                                     AND (b.doses, b.ship_on, b.arrive_on) <> (l.doses, l.ship_on, l.arrive_on))
     ON l.plan_id = v.plan_id AND l.revision = v.revision
WHERE v.plan_id = %(plan)s
