-- The lot in the stores of each area, and in all.
WITH part AS (SELECT unnest([place, 'nation']) AS key, b.* FROM stock_by_lot b JOIN placed USING (store_code) WHERE lot_number = getvariable('lot'))
SELECT key, shown(sum(on_hand)) AS on_hand, shown(sum(in_transit)) AS in_transit, shown(sum(administered)) AS administered,
       shown(sum(wasted)) AS wasted, shown(sum(lost)) AS lost, shown(count_if(on_hand > 0)) AS stores
FROM part GROUP BY key
