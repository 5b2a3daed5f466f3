-- Of PostgreSQL, as the page reads the registry itself. Lots in the store of the device %(device)s that was too warm once: doses now,
-- given since it began; minutes above its class's limit, of which all count against the budget of the product.
WITH reading AS (
    SELECT read_at, temp_c, lead(read_at) OVER (ORDER BY read_at) - read_at AS held
    FROM registry.temperature_reading WHERE equipment_id = %(device)s),
warm AS (SELECT min(read_at) AS since, round(extract(epoch FROM sum(held)) / 60) AS minutes FROM reading WHERE temp_c > 8)
SELECT m.lot_number AS key, sum(m.doses)::text AS doses,
       coalesce(nullif(-sum(m.doses) FILTER (WHERE m.kind = 'administered' AND m.occurred_at >= w.since), 0)::text, '') AS given,
       w.minutes::text AS used
FROM registry.stock_movement m JOIN registry.equipment e ON e.store_code = m.store_code CROSS JOIN warm w
WHERE e.equipment_id = %(device)s GROUP BY m.lot_number, w.minutes
