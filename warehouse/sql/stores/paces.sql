-- Grain: area x product that was given in the look-back. Unit: doses a day, each store's over its days with stock.
-- Inputs: stock_use.
SELECT area_code AS place, product, sum(used_doses / stock_days) AS pace
FROM stock_use WHERE used_doses > 0 AND stock_days > 0 GROUP BY ALL ORDER BY ALL
