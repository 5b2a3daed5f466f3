-- What the map colours of stock: doses given of the rounds that count over received, allocated, and received less on hand and wasted; days of stock of all products, and both with the share of adults
-- with one dose (coverage_low, coverage_high, days_short, days_long). Unrounded.
WITH usable AS (SELECT place, sum(usable) AS doses FROM place_stock GROUP BY ALL),
pace AS (SELECT place, sum(pace) AS daily FROM place_pace GROUP BY ALL),
used AS (SELECT area_code, given, received, allocated, gone FROM usage_now WHERE area_code <> 'nation'),
share AS (SELECT area_code, people / population AS ratio FROM reached
          WHERE population_group = '18plus' AND measure = 'dose1' AND population > 0)
SELECT a.code AS key, CASE WHEN received > 0 AND doses IS NOT NULL THEN given / received END AS usage,
       CASE WHEN allocated > 0 AND doses IS NOT NULL THEN given / allocated END AS usage_allocated,
       CASE WHEN gone > 0 AND doses IS NOT NULL THEN given / gone END AS usage_gone, doses / daily AS cover,
       CASE WHEN ratio IS NULL OR doses IS NULL OR daily IS NULL THEN NULL ELSE CASE WHEN ratio < getvariable('coverage_low') THEN 'low' WHEN ratio < getvariable('coverage_high') THEN 'middle' ELSE 'high' END
       || '_' || CASE WHEN doses / daily < getvariable('days_short') THEN 'short' WHEN doses / daily < getvariable('days_long') THEN 'some' ELSE 'long' END END AS need
FROM area a LEFT JOIN usable u ON u.place = a.code LEFT JOIN pace p ON p.place = a.code LEFT JOIN used d ON d.area_code = a.code
LEFT JOIN share s ON s.area_code = a.code
WHERE a.code NOT IN ('central', 'unknown')
