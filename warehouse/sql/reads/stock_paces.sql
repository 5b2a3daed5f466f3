-- Grain: area ('' for the nation) x product. Unit: doses a day: used in the look-back over the days on which the area had
-- stock, which are the most stock days of any of its stores: never more than all of them together had, and exact where one
-- store always had some. Stores' own rates are not added up: many that have stock for one day each on different days would
-- read as all of them on every day. people_due: people, full size, whose next dose of the product falls due from $since to
-- $until; who is overdue for longer is no demand of today. The national and regional stores are of the nation alone.
-- Inputs: stock_use, store, people_due.
WITH used AS (
    SELECT CASE WHEN s.level IN ('national', 'regional') THEN 'national' ELSE u.area_code END AS place, u.product, u.used_doses,
           u.stock_days
    FROM stock_use u JOIN store s USING (store_code)),
pace AS (
    SELECT coalesce(place, '') AS area_code, product, sum(used_doses) / max(stock_days) AS daily FROM used
    GROUP BY GROUPING SETS ((place, product), (product))
    HAVING sum(used_doses) > 0 AND max(stock_days) > 0 AND coalesce(place, '') <> 'national'),
due AS (
    SELECT coalesce(area_code, '') AS area_code, product, sum(people) * $one_in AS people FROM people_due
    WHERE due_on BETWEEN $since AND $until GROUP BY GROUPING SETS ((area_code, product), (product)))
SELECT coalesce(p.area_code, d.area_code) AS area_code, coalesce(p.product, d.product) AS product,
       coalesce(p.daily, 0)::DOUBLE AS daily, coalesce(d.people, 0)::BIGINT AS people_due
FROM pace p FULL JOIN due d ON d.area_code = p.area_code AND d.product = p.product
ORDER BY ALL
