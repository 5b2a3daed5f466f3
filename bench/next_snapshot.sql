-- Grain: the one row of the snapshot; one area's newest day, people and groups. What makes a copied snapshot the next one:
-- its number and instant, and so many doses and people more in one area that every part of the page differs.
-- Bound: version, content_hash, published_at, area, more (doses, and people).
UPDATE next.snapshot_info SET version = $version, content_hash = $content_hash, published_at = $published_at;

UPDATE next.doses_by_day SET doses = doses + $more
WHERE rowid = (SELECT max(rowid) FROM next.doses_by_day
               WHERE area_code = $area AND day = (SELECT max(day) FROM next.doses_by_day WHERE area_code = $area));

UPDATE next.people_by_area SET dose1_people = dose1_people + $more WHERE area_code = $area;
