-- The lots of temp.mark_lots: which stores a decision can reach. Inputs: core.excursion_line, core.stock_movement.
-- Leaves temp.touched_pairs: grain store x lot, for levels/stock.sql.
CREATE OR REPLACE TEMP TABLE mark_sent AS
SELECT DISTINCT store_code, lot_number, counterpart_code FROM core.stock_movement
WHERE kind IN ('issue', 'transfer_out') AND counterpart_code IS NOT NULL AND lot_number IN (SELECT lot_number FROM temp.mark_lots);

CREATE OR REPLACE TEMP TABLE touched_pairs AS
WITH RECURSIVE reached AS (
    SELECT store_code, lot_number FROM core.excursion_line WHERE lot_number IN (SELECT lot_number FROM temp.mark_lots)
    UNION
    SELECT s.counterpart_code AS store_code, s.lot_number FROM reached r JOIN temp.mark_sent s USING (store_code, lot_number))
FROM reached
