-- Grain: one row: marks and stores in reach of the lots of temp.mark_lots, and how many are not what a replay gives.
-- Inputs: temp.mark_lots, temp.found_marks, temp.touched_pairs, core.stock_mark, core.stock_mark_reach.
WITH marks AS (FROM core.stock_mark SEMI JOIN temp.mark_lots USING (lot_number)),
reach AS (FROM core.stock_mark_reach SEMI JOIN temp.mark_lots USING (lot_number))
SELECT (SELECT count(*) FROM marks) + (SELECT count(*) FROM reach) AS checked,
       (SELECT count(*) FROM (FROM marks EXCEPT FROM temp.found_marks))
       + (SELECT count(*) FROM (FROM temp.found_marks EXCEPT FROM marks))
       + (SELECT count(*) FROM (FROM reach EXCEPT FROM temp.touched_pairs))
       + (SELECT count(*) FROM (FROM temp.touched_pairs EXCEPT FROM reach)) AS differing
