-- Room of each store that has, or expects, something in a class: how full it is (no number where it is beyond its room).
SELECT trim(store_code || ' ' || kind) AS key, CASE WHEN not_told > 0 OR remains < 0 OR usable = 0 THEN '' ELSE tenth(100 * filled / usable) || '%' END AS filled_percent,
       tenth(filled) AS filled, tenth(usable) AS usable, tenth(coming) AS room_coming, degrees(remains - coming) AS after, shown(not_told) AS not_told, shown(unmeasured) AS unmeasured
FROM room WHERE (filled > 0 OR coming > 0 OR unmeasured > 0) AND getvariable('area') IN ('', area_code)
