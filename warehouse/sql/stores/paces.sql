-- Grain: area x product that was given in the look-back, and 'nation' x product. Unit: doses a day, over the days on which the
-- area had stock: the most that one of its stores had, which is the least that it can be. The national and regional stores
-- are of the nation alone. Inputs: stock_use, store.
WITH used AS (
    SELECT CASE WHEN s.level IN ('national', 'regional') THEN 'national' ELSE u.area_code END AS place, u.product, u.used_doses,
           u.stock_days
    FROM stock_use u JOIN store s USING (store_code))
SELECT coalesce(place, 'nation') AS place, product, sum(used_doses) / max(stock_days) AS pace
FROM used GROUP BY GROUPING SETS ((place, product), (product))
HAVING sum(used_doses) > 0 AND max(stock_days) > 0 AND coalesce(place, 'nation') <> 'national' ORDER BY ALL
