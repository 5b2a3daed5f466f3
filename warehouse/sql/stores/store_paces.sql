-- Grain: store of the area $area, or the store $store, x product given in the look-back by it or by the stores below it.
-- Unit: doses a day, over the days on which they had stock: the most that one of them had. Inputs: store, stock_use.
WITH RECURSIVE asked AS (
    SELECT * FROM store WHERE ($area = '' OR area_code = $area) AND ($store = '' OR store_code = $store)),
below AS (
    SELECT store_code AS place, store_code AS below FROM asked
    UNION
    SELECT b.place, s.store_code FROM below b JOIN store s ON s.parent_code = b.below)
SELECT b.place, u.product, sum(u.used_doses) / max(u.stock_days) AS pace
FROM below b JOIN stock_use u ON u.store_code = b.below
GROUP BY b.place, u.product HAVING sum(u.used_doses) > 0 AND max(u.stock_days) > 0 ORDER BY ALL
