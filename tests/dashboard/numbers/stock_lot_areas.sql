-- The lot in the stores of each area, and in all.
WITH part AS (SELECT unnest([area_code, 'nation']) AS key, * FROM stock_by_lot WHERE lot_number = getvariable('lot'))
SELECT key, shown(sum(on_hand)) AS on_hand, shown(sum(in_transit)) AS in_transit, shown(sum(administered)) AS administered,
       shown(sum(wasted)) AS wasted, shown(sum(lost)) AS lost, shown(count_if(on_hand > 0)) AS stores
FROM part GROUP BY key
