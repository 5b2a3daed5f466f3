-- Grain: area x lot x thaw date, with doses in its stores or on their way. Unit: doses; levels below zero count as none.
-- Inputs: stock_by_lot.
SELECT area_code AS place, area_code AS area, lot_number AS lot, product, thawed_on,
       sum(greatest(on_hand, 0))::BIGINT AS on_hand, sum(greatest(coalesce(in_transit, 0), 0))::BIGINT AS in_transit
FROM stock_by_lot WHERE on_hand > 0 OR in_transit > 0
GROUP BY ALL ORDER BY ALL
