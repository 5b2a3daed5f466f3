-- Wastage by place, and of the nation.
WITH own AS (SELECT unnest(['nation', place]) AS key, given, open, gained, closed FROM used_up),
told AS (SELECT key, sum(given) AS given, sum(open) AS open, sum(gained) AS gained, sum(closed) AS closed FROM own
         GROUP BY key HAVING sum(given + abs(open) + closed) > 0)
SELECT key, unnest(if(given = 0, struct_update(wasted_up(given, open, gained, closed), closed_share := '', total_share := ''),
                      wasted_up(given, open, gained, closed)))
FROM told
