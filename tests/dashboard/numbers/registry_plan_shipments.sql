-- Of PostgreSQL. Shipments of the plan %(plan)s: doses and the digits of the lot; of what came doses, degrees, when, and the difference;
-- of what did not, when it left.
SELECT s.shipment_id::text AS key,
       concat_ws(' ', replace(to_char(s.doses, 'FM999,999,999'), ',', '.'),
                 (SELECT string_agg(digits[1], ' ') FROM regexp_matches(l.lot_number, '(\d+)', 'g') AS digits)) AS head,
       CASE WHEN r.doses IS NULL THEN to_char(s.shipped_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24 MI DD/MM/YYYY')
            ELSE concat_ws(' ', replace(to_char(r.doses, 'FM999,999,999'), ',', '.'),
                           translate(to_char(r.temp_c, 'FM990.0'), '-.', '−,'),
                           to_char(r.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24 MI DD/MM/YYYY'),
                           nullif(replace(to_char(abs(s.doses - r.doses), 'FM999,999,999'), ',', '.'), '0')) END AS came
FROM operations.plan_shipment s JOIN operations.plan_line l USING (plan_id, line) LEFT JOIN operations.plan_receipt r USING (shipment_id)
WHERE s.plan_id = %(plan)s AND l.revision = (SELECT max(revision) FROM operations.plan_version WHERE plan_id = %(plan)s)
