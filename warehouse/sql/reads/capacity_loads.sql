-- Grain: store with a device in the register x product x doses a vial x whether a day of thawing is told; all stores of an area
-- without a device together (store ''). Unit: doses, full size; levels below zero count as none. Inputs: stock_by_lot, lot, device.
WITH fitted AS (SELECT DISTINCT store_code FROM device)
SELECT coalesce(f.store_code, '') AS store, b.area_code AS area, b.product, coalesce(l.doses_per_vial, 0) AS doses_per_vial,
       b.thawed_on IS NOT NULL AS thawed, sum(greatest(b.on_hand, 0))::BIGINT AS doses,
       sum(greatest(coalesce(b.in_transit, 0), 0))::BIGINT AS coming
FROM stock_by_lot b LEFT JOIN lot l USING (lot_number) LEFT JOIN fitted f USING (store_code)
WHERE b.on_hand > 0 OR b.in_transit > 0
GROUP BY ALL ORDER BY ALL
