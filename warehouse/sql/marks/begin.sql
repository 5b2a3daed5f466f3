-- The lots of temp.mark_lots: which stores a decision at work can reach. Inputs: core.excursion_line, core.stock_movement.
-- Leaves temp.mark_line; temp.touched_pairs: grain store x lot, for levels/stock.sql.

-- Grain: line that restricts something. None that a later decision about the same excursion and lot takes back: two times of one
-- device that overlap are one excursion, as its readings were known then and later.
CREATE OR REPLACE TEMP TABLE mark_line AS
SELECT l.* FROM core.excursion_line l
WHERE l.lot_number IN (SELECT lot_number FROM temp.mark_lots) AND (l.kind IN ('hold', 'discard') OR l.usable_until IS NOT NULL)
  AND NOT EXISTS (
    SELECT 1 FROM core.excursion_line n
    WHERE n.equipment_id = l.equipment_id AND n.lot_number = l.lot_number AND n.decision_id > l.decision_id
      AND n.started_at <= l.until_at AND n.until_at >= l.started_at);

CREATE OR REPLACE TEMP TABLE mark_sent AS
SELECT DISTINCT store_code, lot_number, counterpart_code FROM core.stock_movement
WHERE kind IN ('issue', 'transfer_out') AND counterpart_code IS NOT NULL AND lot_number IN (SELECT lot_number FROM temp.mark_line);

-- Nothing is replayed for a decision that is past: the doses were released, or another decision took its place.
CREATE OR REPLACE TEMP TABLE touched_pairs AS
WITH RECURSIVE reached AS (
    SELECT store_code, lot_number FROM temp.mark_line
    UNION
    SELECT s.counterpart_code AS store_code, s.lot_number FROM reached r JOIN temp.mark_sent s USING (store_code, lot_number))
FROM reached
