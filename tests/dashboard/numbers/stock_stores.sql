-- Stores of a province at the pace of those that they serve.
WITH product_days AS (
    SELECT store_code, product, coalesce(sum(fit) FILTER (WHERE standing = 'usable'), 0) AS usable
    FROM heap WHERE area_code = getvariable('area') GROUP BY ALL),
days AS (SELECT store_code, min(coalesce(usable, 0) / pace) AS worst
         FROM store_pace LEFT JOIN product_days USING (store_code, product) GROUP BY ALL)
SELECT h.store_code AS key, coalesce(down(any_value(worst)), '') AS worst, shown(coalesce(sum(fit) FILTER (WHERE standing = 'usable'), 0)) AS usable,
       shown(coalesce(sum(if(standing = 'blocked', doses, doses - fit)) FILTER (WHERE standing <> 'past'), 0)) AS blocked, shown(coalesce(sum(doses) FILTER (WHERE standing = 'past'), 0)) AS past,
       shown(sum(greatest(in_transit, 0))) AS in_transit,
       shown((SELECT coalesce(sum(expiring), 0) FROM store_lot s WHERE s.store_code = h.store_code)) AS expiring,
       trim(on_day(max(counted_on)) || ' ' || coalesce(shown((FROM today) - max(counted_on)), '')) AS counted
FROM heap h LEFT JOIN days USING (store_code) WHERE area_code = getvariable('area') GROUP BY h.store_code
