-- The row of one store: usable doses, those that can be given, the scarcest item (the numbers in its name), items short.
SELECT getvariable('store') AS key, shown(given + stranded) AS usable, shown(given) AS givable, shown(stranded) AS stranded, scarcest AS limit_name,
       shown(items) AS items_short
FROM pool_told WHERE pool = 'store ' || getvariable('store')
