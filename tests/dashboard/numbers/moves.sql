-- The largest moves from one area to another with one end in the place `place`.
SELECT residence_code || '-' || place_code AS key, shown(doses) AS doses
FROM residence_place
WHERE residence_code <> place_code
  AND (residence_code IN (SELECT area_code FROM place WHERE key = getvariable('place'))
       OR place_code IN (SELECT area_code FROM place WHERE key = getvariable('place')))
ORDER BY doses DESC, residence_code, place_code LIMIT 15
