-- Grain: area ('' for the nation) x product. Unit: doses used a day over the days with stock, summed over the stores; people
-- whose next dose of the product falls due by $until. Inputs: stock_use, people_due.
WITH pace AS (
    SELECT area_code, product, sum(used_doses / stock_days) AS daily FROM stock_use
    WHERE used_doses > 0 AND stock_days > 0 GROUP BY ALL),
due AS (SELECT area_code, product, sum(people) AS people FROM people_due WHERE due_on <= $until GROUP BY ALL),
areas AS (
    SELECT coalesce(p.area_code, d.area_code) AS area_code, coalesce(p.product, d.product) AS product,
           coalesce(p.daily, 0) AS daily, coalesce(d.people, 0) AS people_due
    FROM pace p FULL JOIN due d ON d.area_code = p.area_code AND d.product = p.product)
SELECT area_code, product, daily::DOUBLE AS daily, people_due::BIGINT AS people_due FROM areas
UNION ALL SELECT '', product, sum(daily)::DOUBLE, sum(people_due)::BIGINT FROM areas GROUP BY ALL
ORDER BY ALL
