-- The tiles of one store.
SELECT 'number' AS kind, 'stock_' || name AS key, shown(value) AS shown
FROM (SELECT coalesce(sum(fit) FILTER (WHERE standing = 'usable'), 0) AS usable, coalesce(sum(if(standing = 'blocked', doses, doses - fit)) FILTER (WHERE standing <> 'past'), 0) AS blocked,
             coalesce(sum(doses) FILTER (WHERE standing = 'past'), 0) AS past, coalesce(sum(greatest(in_transit, 0)), 0) AS in_transit, coalesce(sum(expiring), 0) AS expiring
      FROM store_lot WHERE store_code = getvariable('store'))
UNPIVOT (value FOR name IN (usable, blocked, past, in_transit, expiring))
UNION ALL
SELECT 'number', 'stock_cover', coalesce(down(
    (SELECT sum(fit) FILTER (WHERE standing = 'usable') FROM store_lot WHERE store_code = getvariable('store'))
    / (SELECT sum(pace) FROM store_pace WHERE store_code = getvariable('store'))), '')
