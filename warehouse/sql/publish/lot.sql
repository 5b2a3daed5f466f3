-- Grain: lot. Inputs: core.lot.
SELECT lot_number, product_code AS product, source, earmark, doses_received, doses_per_vial, vials_per_tray, manufactured_on
FROM core.lot ORDER BY lot_number
