-- Doses in stores by what is left to their usable expiry, by product and together.
WITH part AS (
    SELECT product, doses, CASE WHEN standing = 'past' THEN 'past' WHEN days_left IS NULL THEN 'undated' WHEN days_left <= 7 THEN 'd7'
        WHEN days_left <= 14 THEN 'd14' WHEN days_left <= 30 THEN 'd30' WHEN days_left <= 60 THEN 'd60' WHEN days_left <= 90 THEN 'd90'
        ELSE 'later' END AS bucket
    FROM heap WHERE (on_hand > 0 OR in_transit > 0) AND getvariable('area') IN ('', area_code)),
rows AS (SELECT unnest([product, 'nation']) AS key, doses, bucket FROM part)
SELECT key, shown(coalesce(sum(doses) FILTER (WHERE bucket = 'past'), 0)) AS past,
       shown(coalesce(sum(doses) FILTER (WHERE bucket = 'd7'), 0)) AS d7, shown(coalesce(sum(doses) FILTER (WHERE bucket = 'd14'), 0)) AS d14,
       shown(coalesce(sum(doses) FILTER (WHERE bucket = 'd30'), 0)) AS d30, shown(coalesce(sum(doses) FILTER (WHERE bucket = 'd60'), 0)) AS d60,
       shown(coalesce(sum(doses) FILTER (WHERE bucket = 'd90'), 0)) AS d90, shown(coalesce(sum(doses) FILTER (WHERE bucket = 'later'), 0)) AS later,
       shown(coalesce(sum(doses) FILTER (WHERE bucket = 'undated'), 0)) AS undated, shown(sum(doses)) AS total
FROM rows GROUP BY key
