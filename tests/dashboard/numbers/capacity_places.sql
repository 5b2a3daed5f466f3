-- Room by area and class; of the nation below where no area is chosen. Free litres and stores beyond theirs are added store by store.
WITH counted AS (
    SELECT unnest(CASE WHEN getvariable('area') = '' THEN [area_code, 'nation'] ELSE [area_code] END) AS place, * FROM room
    WHERE getvariable('area') IN ('', area_code))
SELECT trim(place || ' ' || kind) AS key, tenth(sum(usable)) AS usable, tenth(sum(filled)) AS filled, tenth(sum(coming)) AS room_coming,
       tenth(sum(greatest(remains, 0))) AS free, shown(count_if(remains < 0 AND not_told = 0)) AS over, shown(sum(not_told)) AS not_told, shown(sum(unmeasured)) AS unmeasured
FROM counted GROUP BY place, kind
