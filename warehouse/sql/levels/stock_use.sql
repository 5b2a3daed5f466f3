-- Grain: store x product, of the stores temp.use_stores. Unit: doses, days. campaign/stock_days.py says it in plain Python:
-- the level goes back from what is on hand now; the days between two with movements count by the level that they began with.
-- A lot below zero counts as none: `stock` and `rise` are of levels above zero, lot by lot. Lots on hold are stock.
-- Inputs: core.stock_day, core.stock_level, core.lot, core.stock_clock, temp.use_stores. Leaves temp.counted_use.
CREATE OR REPLACE TEMP TABLE counted_use AS
WITH clock AS (SELECT today, today - look_back_days AS first_day, look_back_days FROM core.stock_clock),
lot_days AS (
    SELECT d.store_code, d.lot_number, d.day, sum(d.net) AS net, sum(d.came) AS came, sum(d.used) AS used
    FROM core.stock_day d SEMI JOIN temp.use_stores USING (store_code), clock WHERE d.day >= first_day GROUP BY ALL),
lot_levels AS (
    SELECT d.*, b.on_hand - coalesce(sum(d.net) OVER (PARTITION BY d.store_code, d.lot_number ORDER BY d.day
                                         ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS after
    FROM lot_days d JOIN core.stock_level b USING (store_code, lot_number)),
moved AS (
    SELECT d.store_code, coalesce(l.product_code, '') AS product_code, d.day,
           sum(greatest(after, 0) - greatest(after - net, 0)) AS rise, sum(d.came) AS came, sum(d.used) AS used
    FROM lot_levels d LEFT JOIN core.lot l USING (lot_number) GROUP BY ALL),
held AS (
    SELECT b.store_code, coalesce(l.product_code, '') AS product_code, sum(b.on_hand) AS on_hand,
           sum(greatest(b.on_hand, 0)) AS stock
    FROM core.stock_level b SEMI JOIN temp.use_stores USING (store_code) LEFT JOIN core.lot l USING (lot_number) GROUP BY ALL),
levels AS (
    SELECT m.*, h.stock - coalesce(sum(m.rise) OVER (ledger ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS after,
           lead(m.day) OVER ledger AS next_day, row_number() OVER ledger = 1 AS is_first
    FROM moved m JOIN held h USING (store_code, product_code)
    WINDOW ledger AS (PARTITION BY store_code, product_code ORDER BY m.day)),
days AS (
    SELECT store_code, product_code, used, day, day < today AS whole,
           CASE WHEN day < today AND (after - rise > 0 OR came > 0 OR used > 0) THEN 1 ELSE 0 END
           + CASE WHEN after > 0 THEN greatest(least(coalesce(next_day, today), today) - (day + 1), 0) ELSE 0 END
           + CASE WHEN is_first AND after - rise > 0 THEN least(day, today) - first_day ELSE 0 END AS stock_days
    FROM levels, clock),
summed AS (
    SELECT store_code, product_code, coalesce(sum(used) FILTER (WHERE whole), 0) AS used, sum(stock_days) AS stock_days,
           max(day) FILTER (WHERE used > 0) AS last_used_on
    FROM days GROUP BY ALL)
SELECT h.store_code, h.product_code, coalesce(s.used, 0)::BIGINT AS used,
       CASE WHEN s.store_code IS NULL THEN CASE WHEN h.stock > 0 THEN c.look_back_days ELSE 0 END
            ELSE s.stock_days END::INTEGER AS stock_days, s.last_used_on
FROM held h LEFT JOIN summed s USING (store_code, product_code) CROSS JOIN clock c
WHERE h.on_hand <> 0 OR h.stock > 0 OR s.used <> 0 OR s.stock_days > 0 OR s.last_used_on IS NOT NULL
