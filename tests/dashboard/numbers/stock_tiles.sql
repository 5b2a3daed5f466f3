-- The tiles of a place: of all products together, and the product that lasts the shortest is told beside them.
WITH own AS (FROM place_stock WHERE place = CASE getvariable('area') WHEN '' THEN 'nation' ELSE getvariable('area') END),
pace AS (SELECT sum(pace) AS pace FROM place_pace WHERE place = CASE getvariable('area') WHEN '' THEN 'nation' ELSE getvariable('area') END)
SELECT 'number' AS kind, 'stock_' || name AS key, shown(value) AS shown
FROM (SELECT sum(usable) AS usable, sum(blocked) AS blocked, sum(past) AS past, sum(coming) AS in_transit, sum(expiring) AS expiring FROM own)
UNPIVOT (value FOR name IN (usable, blocked, past, in_transit, expiring))
UNION ALL
SELECT 'number', 'stock_cover', coalesce(down((SELECT sum(usable) FROM own) / (FROM pace)), '')
