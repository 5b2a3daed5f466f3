-- One decision, recipient by recipient.
SELECT store_code || ' ' || product || ' ' || lot_number AS key, shown(planned) AS planned, shown(sent) AS sent, shown(received) AS received,
       shown(used) AS used, CASE WHEN differs > 0 OR (differs < 0 AND waited) THEN shown(abs(differs)) ELSE '' END AS gap_name,
       on_day(planned_on) AS expected, on_day(first_received_on) AS received_on
FROM line_now WHERE decision_id = getvariable('decision')
