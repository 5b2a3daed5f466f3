-- What was found takes the place of what stood there, for the lots of temp.mark_lots. Inputs: temp.found_marks, temp.touched_pairs.
DELETE FROM core.stock_mark WHERE lot_number IN (SELECT lot_number FROM temp.mark_lots);
INSERT INTO core.stock_mark BY NAME FROM temp.found_marks;
DELETE FROM core.stock_mark_reach WHERE lot_number IN (SELECT lot_number FROM temp.mark_lots);
INSERT INTO core.stock_mark_reach BY NAME FROM temp.touched_pairs;
