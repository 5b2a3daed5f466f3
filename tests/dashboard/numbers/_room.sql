-- Room in cold storage, worked out by hand. Packed volumes: variables packed_products, packed_vials, packed_cm3; classes of
-- products: kept_products, kept_classes. Grain of room: store with a device x class.
CREATE TEMP VIEW room AS
WITH register AS (
    SELECT d.store_code, d.area_code, e.storage_class, d.litres, n.status,
           n.status = 'working' OR n.status = 'needs_repair' AND NOT n.job_assigned AS holds
    FROM device d JOIN equipment_state e USING (equipment_id) JOIN equipment_now n USING (equipment_id)),
kinds AS (SELECT store_code, list(storage_class) AS kinds FROM register WHERE status <> 'not_in_use' GROUP BY store_code),
volume AS (SELECT unnest(getvariable('packed_products')) AS product, unnest(getvariable('packed_vials')) AS vial, unnest(getvariable('packed_cm3')) AS cm3),
own AS (SELECT unnest(getvariable('kept_products')) AS product, unnest(getvariable('kept_classes')) AS kind),
load AS (
    SELECT b.store_code, greatest(b.on_hand, 0) AS doses, greatest(coalesce(b.in_transit, 0), 0) AS coming, v.cm3,
           CASE WHEN b.thawed_on IS NOT NULL THEN 'refrigerator'
                WHEN list_contains(getvariable('thaw_products'), b.product) AND NOT list_contains(coalesce(k.kinds, []), o.kind) AND list_contains(coalesce(k.kinds, []), 'refrigerator') THEN 'refrigerator'
                ELSE coalesce(o.kind, '') END AS kind
    FROM stock_by_lot b SEMI JOIN register r ON r.store_code = b.store_code LEFT JOIN lot l USING (lot_number)
    LEFT JOIN volume v ON v.product = b.product AND v.vial = l.doses_per_vial LEFT JOIN own o ON o.product = b.product LEFT JOIN kinds k ON k.store_code = b.store_code
    WHERE b.on_hand > 0 OR b.in_transit > 0),
part AS (
    SELECT store_code, storage_class AS kind, CASE WHEN holds THEN coalesce(litres, 0) ELSE 0 END AS usable, 0 AS filled, 0 AS coming, 0 AS unmeasured,
           (holds AND litres IS NULL)::INTEGER AS not_told FROM register WHERE status <> 'not_in_use'
    UNION ALL SELECT store_code, kind, 0, coalesce(doses * cm3 / 1000, 0), coalesce(coming * cm3 / 1000, 0), CASE WHEN cm3 IS NULL THEN doses ELSE 0 END, 0 FROM load)
SELECT p.store_code, a.area_code, p.kind, sum(usable) AS usable, sum(filled) AS filled, sum(coming) AS coming, sum(unmeasured)::BIGINT AS unmeasured,
       sum(not_told)::BIGINT AS not_told, sum(usable) - sum(filled) AS remains
FROM part p JOIN (SELECT DISTINCT store_code, area_code FROM register) a USING (store_code) GROUP BY ALL;
