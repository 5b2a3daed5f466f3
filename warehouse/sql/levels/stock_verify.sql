-- Grain: one row: levels, thaws passed on, differing counts, days and wastage of temp.touched_pairs, and how many are not what a
-- replay gives. Inputs: temp.counted_level, temp.thaw_passed, temp.replayed, temp.counted_day, core.stock_level,
-- core.stock_thaw, core.stock_count, core.stock_day, core.stock_waste.
WITH level AS (FROM core.stock_level SEMI JOIN temp.touched_pairs USING (store_code, lot_number)),
thaws AS (FROM core.stock_thaw SEMI JOIN temp.touched_pairs USING (store_code, lot_number)),
counts AS (
    SELECT movement_id, store_code, lot_number, expected, counted, difference
    FROM core.stock_count SEMI JOIN temp.touched_pairs USING (store_code, lot_number)),
counted AS (
    SELECT movement_id, store_code, lot_number, before AS expected, counted, counted - before AS difference
    FROM temp.replayed WHERE kind = 'count' AND counted <> before),
days AS (
    SELECT store_code, lot_number, day, sum(net) AS net, sum(came) AS came, sum(used) AS used, sum(closed) AS closed,
           sum(unsaid) AS unsaid
    FROM core.stock_day SEMI JOIN temp.touched_pairs USING (store_code, lot_number)
    WHERE day >= (SELECT since FROM core.stock_clock) GROUP BY ALL
    HAVING sum(net) <> 0 OR sum(came) <> 0 OR sum(used) <> 0 OR sum(closed) <> 0 OR sum(unsaid) <> 0),
counted_days AS (
    SELECT store_code, lot_number, day, net::HUGEINT AS net, came::HUGEINT AS came, used::HUGEINT AS used, closed::HUGEINT AS closed,
           unsaid::HUGEINT AS unsaid
    FROM temp.counted_day WHERE net <> 0 OR came <> 0 OR used <> 0 OR closed <> 0 OR unsaid <> 0),
waste AS (SELECT * REPLACE (doses::HUGEINT AS doses) FROM core.stock_waste SEMI JOIN temp.touched_pairs USING (store_code, lot_number)),
counted_waste AS (
    SELECT store_code, lot_number, kind = 'wasted_closed' AS closed, coalesce(trim(reason), '') AS reason, -sum(doses) AS doses
    FROM temp.replayed WHERE kind IN ('wasted_open', 'wasted_closed') GROUP BY ALL)
SELECT (SELECT count(*) FROM level) + (SELECT count(*) FROM thaws) + (SELECT count(*) FROM counts) + (SELECT count(*) FROM days)
       + (SELECT count(*) FROM waste) AS checked,
       (SELECT count(*) FROM (FROM level EXCEPT FROM temp.counted_level))
       + (SELECT count(*) FROM (FROM temp.counted_level EXCEPT FROM level))
       + (SELECT count(*) FROM (FROM thaws EXCEPT FROM temp.thaw_passed)) + (SELECT count(*) FROM (FROM temp.thaw_passed EXCEPT FROM thaws))
       + (SELECT count(*) FROM (FROM counts EXCEPT FROM counted)) + (SELECT count(*) FROM (FROM counted EXCEPT FROM counts))
       + (SELECT count(*) FROM (FROM days EXCEPT FROM counted_days))
       + (SELECT count(*) FROM (FROM counted_days EXCEPT FROM days))
       + (SELECT count(*) FROM (FROM waste EXCEPT FROM counted_waste))
       + (SELECT count(*) FROM (FROM counted_waste EXCEPT FROM waste)) AS differing
