-- Grain: one row: marks and stores in reach, and how many are not what a replay of all lots gives.
-- Inputs: temp.found_marks, temp.touched_pairs, core.stock_mark, core.stock_mark_reach.
SELECT (SELECT count(*) FROM core.stock_mark) + (SELECT count(*) FROM core.stock_mark_reach) AS checked,
       (SELECT count(*) FROM (FROM core.stock_mark EXCEPT FROM temp.found_marks))
       + (SELECT count(*) FROM (FROM temp.found_marks EXCEPT FROM core.stock_mark))
       + (SELECT count(*) FROM (FROM core.stock_mark_reach EXCEPT FROM temp.touched_pairs))
       + (SELECT count(*) FROM (FROM temp.touched_pairs EXCEPT FROM core.stock_mark_reach)) AS differing
