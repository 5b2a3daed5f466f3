-- The tiles of a place: of all products together, and the product that lasts the shortest is told beside them. Of the central
-- units days of stock are those of the national and regional stores.
WITH asked AS (SELECT CASE getvariable('area') WHEN '' THEN ['nation'] WHEN 'central' THEN ['national', 'central'] ELSE [getvariable('area')] END AS places),
own AS (FROM place_stock WHERE list_contains((FROM asked), place)),
pace AS (SELECT sum(pace) AS pace FROM place_pace WHERE place = (SELECT places[1] FROM asked))
SELECT 'number' AS kind, 'stock_' || name AS key, shown(value) AS shown
FROM (SELECT sum(usable) AS usable, sum(blocked) AS blocked, sum(past) AS past, sum(coming) AS in_transit, sum(expiring) AS expiring FROM own)
UNPIVOT (value FOR name IN (usable, blocked, past, in_transit, expiring))
UNION ALL
SELECT 'number', 'stock_cover', coalesce(down((SELECT sum(usable) FROM own WHERE place = (SELECT places[1] FROM asked)) / (FROM pace)), '')
