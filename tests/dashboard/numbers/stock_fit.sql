-- How many doses of each form of packing still fit into one store: no number where no source tells its volume.
WITH volume AS (SELECT unnest(getvariable('packed_products')) AS product, unnest(getvariable('packed_vials')) AS vial, unnest(getvariable('packed_cm3')) AS cm3),
own AS (SELECT unnest(getvariable('kept_products')) AS product, unnest(getvariable('kept_classes')) AS kind),
kinds AS (SELECT list(e.storage_class) AS kinds FROM equipment_state e JOIN equipment_now n USING (equipment_id) WHERE e.store_code = getvariable('store') AND n.status <> 'not_in_use'),
asked AS (
    SELECT v.*, CASE WHEN list_contains(getvariable('thaw_products'), v.product) AND NOT list_contains(kinds, kind) AND list_contains(kinds, 'refrigerator') THEN 'refrigerator' ELSE kind END AS kind
    FROM volume v JOIN own USING (product) CROSS JOIN kinds)
SELECT a.product || ' ' || a.vial AS key, CASE WHEN a.cm3 IS NULL OR r.not_told > 0 THEN '' ELSE shown(greatest(floor(round(coalesce(r.remains - r.coming, 0) * 1000 / a.cm3, 6)), 0)) END AS fits,
       CASE WHEN a.cm3 IS NULL THEN '' ELSE replace(format('{:.2f}', a.cm3), '.', ',') END AS cm3_per_dose
FROM asked a LEFT JOIN room r ON r.store_code = getvariable('store') AND r.kind = a.kind
WHERE EXISTS (FROM device WHERE store_code = getvariable('store'))
