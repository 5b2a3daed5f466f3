-- Grain: one row: levels, thaws passed on, differing counts and days of temp.touched_pairs, and how many are not what a replay gives.
-- Inputs: temp.counted_level, temp.thaw_passed, temp.replayed, temp.counted_day, core.stock_level,
-- core.stock_thaw, core.stock_count, core.stock_day.
WITH level AS (FROM core.stock_level SEMI JOIN temp.touched_pairs USING (store_code, lot_number)),
thaws AS (FROM core.stock_thaw SEMI JOIN temp.touched_pairs USING (store_code, lot_number)),
counts AS (
    SELECT movement_id, store_code, lot_number, expected, counted, difference
    FROM core.stock_count SEMI JOIN temp.touched_pairs USING (store_code, lot_number)),
counted AS (
    SELECT movement_id, store_code, lot_number, before AS expected, counted, counted - before AS difference
    FROM temp.replayed WHERE kind = 'count' AND counted <> before),
days AS (
    SELECT store_code, lot_number, day, sum(net) AS net, sum(came) AS came, sum(used) AS used
    FROM core.stock_day SEMI JOIN temp.touched_pairs USING (store_code, lot_number)
    WHERE day >= (SELECT since FROM core.stock_clock) GROUP BY ALL HAVING sum(net) <> 0 OR sum(came) <> 0 OR sum(used) <> 0),
counted_days AS (
    SELECT store_code, lot_number, day, net::HUGEINT AS net, came::HUGEINT AS came, used::HUGEINT AS used
    FROM temp.counted_day WHERE net <> 0 OR came <> 0 OR used <> 0)
SELECT (SELECT count(*) FROM level) + (SELECT count(*) FROM thaws) + (SELECT count(*) FROM counts) + (SELECT count(*) FROM days) AS checked,
       (SELECT count(*) FROM (FROM level EXCEPT FROM temp.counted_level))
       + (SELECT count(*) FROM (FROM temp.counted_level EXCEPT FROM level))
       + (SELECT count(*) FROM (FROM thaws EXCEPT FROM temp.thaw_passed)) + (SELECT count(*) FROM (FROM temp.thaw_passed EXCEPT FROM thaws))
       + (SELECT count(*) FROM (FROM counts EXCEPT FROM counted)) + (SELECT count(*) FROM (FROM counted EXCEPT FROM counts))
       + (SELECT count(*) FROM (FROM days EXCEPT FROM counted_days))
       + (SELECT count(*) FROM (FROM counted_days EXCEPT FROM days)) AS differing
