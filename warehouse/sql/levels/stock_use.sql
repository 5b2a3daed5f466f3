-- Grain: store x product, of the stores temp.use_stores. Unit: doses, days. campaign/stock_days.py says it in plain Python:
-- the level goes back from what is on hand now; the days between two with movements count by the level that they began with.
-- A lot below zero counts as none: `stock` and `rise` are of levels above zero, lot by lot. Lots on hold are stock.
-- Inputs: core.stock_day, core.stock_level, core.lot, core.stock_clock, temp.use_stores. Leaves temp.counted_use.
-- Stores, lots and products go by numbers of this query: codes take half as long again in windows and groups.
CREATE OR REPLACE TEMP TABLE counted_use AS
WITH clock AS (SELECT today, today - look_back_days AS first_day, look_back_days FROM core.stock_clock),
stores AS (SELECT store_code, row_number() OVER ()::INTEGER AS store FROM temp.use_stores),
lots AS (
    SELECT lot_number, row_number() OVER ()::INTEGER AS lot, coalesce(l.product_code, '') AS product_code,
           dense_rank() OVER (ORDER BY coalesce(l.product_code, ''))::INTEGER AS product
    FROM (SELECT DISTINCT lot_number FROM core.stock_level) LEFT JOIN core.lot l USING (lot_number)),
held_lots AS (
    SELECT s.store, n.lot, n.product, b.on_hand FROM core.stock_level b JOIN stores s USING (store_code) JOIN lots n USING (lot_number)),
lot_days AS (
    SELECT s.store, n.lot, n.product, d.day, sum(d.net)::BIGINT AS net, sum(d.came)::BIGINT AS came, sum(d.used)::BIGINT AS used
    FROM core.stock_day d JOIN stores s USING (store_code) JOIN lots n USING (lot_number)
    WHERE d.day >= (SELECT first_day FROM clock) GROUP BY ALL),
lot_levels AS (
    SELECT d.*, b.on_hand - coalesce(sum(d.net) OVER (PARTITION BY d.store, d.lot ORDER BY d.day
                                         ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0)::BIGINT AS after
    FROM lot_days d JOIN held_lots b USING (store, lot)),
moved AS (
    SELECT store, product, day, sum(greatest(after, 0) - greatest(after - net, 0))::BIGINT AS rise, sum(came)::BIGINT AS came,
           sum(used)::BIGINT AS used
    FROM lot_levels GROUP BY ALL),
held AS (
    SELECT store, product, sum(on_hand)::BIGINT AS on_hand, sum(greatest(on_hand, 0))::BIGINT AS stock FROM held_lots GROUP BY ALL),
levels AS (
    SELECT m.*, h.stock - coalesce(sum(m.rise) OVER (ledger ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0)::BIGINT AS after,
           lead(m.day) OVER ledger AS next_day, row_number() OVER ledger = 1 AS is_first
    FROM moved m JOIN held h USING (store, product)
    WINDOW ledger AS (PARTITION BY store, product ORDER BY m.day)),
days AS (
    SELECT store, product, used, day, day < today AS whole,
           CASE WHEN day < today AND (after - rise > 0 OR came > 0 OR used > 0) THEN 1 ELSE 0 END
           + CASE WHEN after > 0 THEN greatest(least(coalesce(next_day, today), today) - (day + 1), 0) ELSE 0 END
           + CASE WHEN is_first AND after - rise > 0 THEN least(day, today) - first_day ELSE 0 END AS stock_days
    FROM levels, clock),
summed AS (
    SELECT store, product, coalesce(sum(used) FILTER (WHERE whole), 0) AS used, sum(stock_days) AS stock_days,
           max(day) FILTER (WHERE used > 0) AS last_used_on
    FROM days GROUP BY ALL)
SELECT n.store_code, p.product_code, coalesce(s.used, 0)::BIGINT AS used,
       CASE WHEN s.store IS NULL THEN CASE WHEN h.stock > 0 THEN c.look_back_days ELSE 0 END
            ELSE s.stock_days END::INTEGER AS stock_days, s.last_used_on
FROM held h JOIN stores n USING (store) JOIN (SELECT DISTINCT product, product_code FROM lots) p USING (product)
LEFT JOIN summed s USING (store, product) CROSS JOIN clock c
WHERE h.on_hand <> 0 OR h.stock > 0 OR s.used <> 0 OR s.stock_days > 0 OR s.last_used_on IS NOT NULL
