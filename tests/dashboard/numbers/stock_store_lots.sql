-- Lots of one store: their last day, doses, doses coming, days of stock of the product, doses over, last count.
SELECT lot_number AS key, on_day(until) || rests AS until, shown(on_hand) AS on_hand, shown(greatest(in_transit, 0)) AS in_transit,
       coalesce(down(coalesce(sum(fit) FILTER (WHERE standing = 'usable') OVER (PARTITION BY product), 0) / pace), '') AS cover,
       shown(expiring) AS expiring, on_day(counted_on) AS counted
FROM store_lot WHERE store_code = getvariable('store')
