-- Doses in stores of which the register has no device.
SELECT 'number' AS kind, 'room_apart' AS key, shown(coalesce(sum(greatest(on_hand, 0)), 0)) AS shown
FROM stock_by_lot b ANTI JOIN device d ON d.store_code = b.store_code WHERE getvariable('area') IN ('', b.area_code)
