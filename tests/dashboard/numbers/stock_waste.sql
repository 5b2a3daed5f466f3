-- Wastage by product, of the area, the store or the nation; all of them last.
WITH own AS (FROM used_up WHERE getvariable('area') IN ('', area_code) AND getvariable('store') IN ('', store_code)),
told AS (SELECT product AS key, sum(given) AS given, sum(open) AS open, sum(gained) AS gained, sum(closed) AS closed FROM own
         GROUP BY product HAVING sum(given + abs(open) + closed) > 0)
SELECT key, unnest(if(given = 0, struct_update(wasted_up(given, open, gained, closed), closed_share := '', total_share := ''),
                      wasted_up(given, open, gained, closed)))
FROM told
UNION ALL
SELECT 'nation', unnest(if(sum(given) = 0, struct_update(wasted_up(sum(given), sum(open), sum(gained), sum(closed)),
                                                          closed_share := '', total_share := ''),
                           wasted_up(sum(given), sum(open), sum(gained), sum(closed))))
FROM told HAVING count(*) > 1
