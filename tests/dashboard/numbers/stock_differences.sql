-- Levels below zero, and counts that differed from the book.
SELECT store_code || ' ' || lot_number || ' below' AS key, shown(on_hand) AS difference, '' AS at
FROM stock_by_lot WHERE on_hand < 0 AND getvariable('area') IN ('', area_code)
UNION ALL
SELECT store_code || ' ' || lot_number || ' ' || strftime(counted_at AT TIME ZONE getvariable('zone'), '%Y%m%d%H%M%S'), shown(difference), on_instant(counted_at)
FROM stock_difference WHERE getvariable('area') IN ('', area_code)
