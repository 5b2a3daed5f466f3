-- What was counted anew takes the place of what stood there, for the store x lot of temp.touched_pairs.
-- Inputs: temp.counted_level, temp.thaw_passed, temp.replayed, core.stock_clock.
DELETE FROM core.stock_level USING temp.touched_pairs t
WHERE stock_level.store_code = t.store_code AND stock_level.lot_number = t.lot_number;
INSERT INTO core.stock_level BY NAME FROM temp.counted_level;

DELETE FROM core.stock_thaw USING temp.touched_pairs t
WHERE stock_thaw.store_code = t.store_code AND stock_thaw.lot_number = t.lot_number;
INSERT INTO core.stock_thaw BY NAME FROM temp.thaw_passed;

DELETE FROM core.stock_count USING temp.touched_pairs t
WHERE stock_count.store_code = t.store_code AND stock_count.lot_number = t.lot_number;
INSERT INTO core.stock_count BY NAME
SELECT movement_id, store_code, lot_number, occurred_at AS counted_at, before AS expected, counted,
       counted - before AS difference, reason
FROM temp.replayed WHERE kind = 'count' AND counted <> before;

DELETE FROM core.stock_day USING temp.touched_pairs t
WHERE stock_day.store_code = t.store_code AND stock_day.lot_number = t.lot_number;
INSERT INTO core.stock_day BY NAME FROM temp.counted_day;

DELETE FROM core.stock_waste USING temp.touched_pairs t
WHERE stock_waste.store_code = t.store_code AND stock_waste.lot_number = t.lot_number;
INSERT INTO core.stock_waste BY NAME
SELECT store_code, lot_number, kind = 'wasted_closed' AS closed, coalesce(trim(reason), '') AS reason, -sum(doses)::BIGINT AS doses
FROM temp.replayed WHERE kind IN ('wasted_open', 'wasted_closed') GROUP BY ALL
