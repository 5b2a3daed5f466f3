-- Grain: place x product that was given in the look-back. $stores, $places: the place of each store. Unit: doses a day, over
-- the days on which the place had stock: the most that one of its stores had (as stores/paces). Inputs: stock_use.
WITH place AS (SELECT unnest($stores::VARCHAR[]) AS store_code, unnest($places::VARCHAR[]) AS place)
SELECT p.place, u.product, (sum(u.used_doses) / max(u.stock_days))::DOUBLE AS pace
FROM stock_use u JOIN place p USING (store_code)
GROUP BY ALL HAVING sum(u.used_doses) > 0 AND max(u.stock_days) > 0 ORDER BY ALL
