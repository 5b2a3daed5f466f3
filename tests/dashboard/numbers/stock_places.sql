-- Days of stock of each area with stock, and of the nation below them; the products of the sample.
WITH days AS (SELECT place, product, usable, expiring, usable / pace AS days FROM place_stock
              WHERE getvariable('area') IN ('', CASE place WHEN 'national' THEN 'central' ELSE place END))
SELECT place AS key, down(min(days)) AS worst,
       coalesce(down(max(days) FILTER (WHERE product = 'comirnaty')), '') AS comirnaty,
       coalesce(down(max(days) FILTER (WHERE product = 'astrazeneca')), '') AS astrazeneca,
       shown(sum(usable)) AS usable, shown(sum(expiring)) AS expiring
FROM days GROUP BY place
