-- Sums over the lines that touch the area.
SELECT shown(count(DISTINCT plan_id)) AS plans, shown(coalesce(sum(doses), 0)) AS doses, shown(coalesce(sum(shipped), 0)) AS shipped,
       shown(coalesce(sum(received), 0)) AS received, shown(coalesce(sum(on_way), 0)) AS on_way,
       shown(coalesce(sum(missing), 0)) AS missing
FROM reallocation_line WHERE touches(giver_area, taker_area)
