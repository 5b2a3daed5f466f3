-- Lots in the stores of the site `site`: their last day, doses, doses coming, days of stock of the product.
SELECT lot_number AS key, on_day(until) || rests AS until, shown(on_hand) AS on_hand, shown(greatest(in_transit, 0)) AS in_transit,
       coalesce(down(coalesce(sum(fit) FILTER (WHERE standing = 'usable') OVER (PARTITION BY store_code, product), 0) / pace), '') AS cover
FROM store_lot WHERE store_code IN (SELECT store_code FROM store WHERE site_code = getvariable('site'))
