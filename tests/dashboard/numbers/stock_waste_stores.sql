-- Wastage by store of the area, of those with any.
WITH told AS (SELECT store_code AS key, sum(given) AS given, sum(open) AS open, sum(gained) AS gained, sum(closed) AS closed
              FROM used_up WHERE area_code = getvariable('area') GROUP BY key HAVING sum(open) <> 0 OR sum(closed) <> 0)
SELECT key, unnest(if(given = 0, struct_update(wasted_up(given, open, gained, closed), closed_share := '', total_share := ''),
                      wasted_up(given, open, gained, closed)))
FROM told
