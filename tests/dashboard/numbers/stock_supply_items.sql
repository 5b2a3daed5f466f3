-- Items of the places of the page, or of the store: there, needed, missing in each place and added, doses that need it, doses it suffices for.
WITH own AS (
    FROM pool_item
    WHERE CASE WHEN getvariable('store') <> '' THEN pool = 'store ' || getvariable('store')
               ELSE NOT starts_with(pool, 'store ') AND getvariable('area') IN ('', CASE pool WHEN 'national' THEN 'central' ELSE pool END) END)
SELECT item AS key, shown(sum(held)) AS pieces, shown(sum(needed)) AS needed, shown(sum(greatest(needed - held, 0))) AS lacking,
       shown(sum(doses)) AS for_doses, shown(sum(CASE WHEN held >= needed THEN doses ELSE doses * held // needed END)) AS covers
FROM own GROUP BY item
