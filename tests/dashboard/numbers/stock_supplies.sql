-- Places with doses: usable ones, those that can be given, the scarcest item (the numbers in its name), items short; the nation below.
WITH asked AS (
    SELECT DISTINCT place AS pool FROM heap JOIN placed USING (store_code)
    WHERE (on_hand > 0 OR in_transit > 0) AND getvariable('area') IN ('', CASE place WHEN 'national' THEN 'central' ELSE place END)),
usable AS (SELECT pool, sum(doses) AS doses FROM pool_doses GROUP BY pool),
rows AS (
    SELECT a.pool AS key, coalesce(u.doses, 0) AS usable, t.given, t.stranded, coalesce(t.scarcest, '') AS limit_name, t.items
    FROM asked a LEFT JOIN usable u USING (pool) LEFT JOIN pool_told t USING (pool)
    UNION ALL
    SELECT 'nation', (SELECT sum(doses) FROM usable WHERE NOT starts_with(pool, 'store ')), sum(given), sum(stranded), '',
           (SELECT count(*) FROM (SELECT item FROM pool_item WHERE held < needed AND NOT starts_with(pool, 'store ') GROUP BY item))
    FROM pool_told WHERE getvariable('area') = '' AND NOT starts_with(pool, 'store ') HAVING count(*) > 0)
SELECT key, shown(usable) AS usable, shown(given) AS givable, shown(stranded) AS stranded, limit_name, shown(items) AS items_short FROM rows
