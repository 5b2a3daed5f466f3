-- Before movements are taken in: the store x lot whose level cannot be carried on. A movement that comes again in another
-- version, a cancel and what it reverses, a physical count, something that stood before the last count, and whatever can move
-- a thaw clock, in that store or in those that its doses went on to. Only these are counted anew.
-- Inputs: temp.incoming_stock_movement, core.stock_movement, core.stock_level.
CREATE OR REPLACE TEMP TABLE arriving AS
SELECT i.* FROM temp.incoming_stock_movement i
ANTI JOIN (SELECT movement_id, version FROM core.stock_movement
           WHERE movement_id IN (SELECT movement_id FROM temp.incoming_stock_movement)) held
    ON held.movement_id = i.movement_id AND held.version >= i.version;

CREATE OR REPLACE TEMP TABLE thawed_lots AS
SELECT lot_number FROM core.stock_movement WHERE thawed_on IS NOT NULL
UNION SELECT lot_number FROM temp.arriving WHERE thawed_on IS NOT NULL;

CREATE OR REPLACE TEMP TABLE touched_pairs AS
WITH RECURSIVE anew AS (
    SELECT store_code, lot_number, counterpart_code FROM temp.arriving WHERE kind IN ('count', 'cancel')
    UNION ALL
    -- What is replaced; what is reversed, by a cancel that comes now or was there before it.
    SELECT store_code, lot_number, counterpart_code FROM core.stock_movement
    WHERE movement_id IN (
        SELECT movement_id FROM temp.arriving
        UNION ALL SELECT cancels_id FROM temp.arriving WHERE cancels_id IS NOT NULL
        UNION ALL SELECT cancels_id FROM core.stock_movement
                  WHERE cancels_id IS NOT NULL AND movement_id IN (SELECT movement_id FROM temp.arriving))
    UNION ALL
    SELECT store_code, lot_number, counterpart_code FROM temp.arriving
    WHERE thawed_on IS NOT NULL OR movement_id IN (
        SELECT movement_id FROM core.stock_movement WHERE movement_id IN (SELECT movement_id FROM temp.arriving)
        UNION ALL SELECT cancels_id FROM core.stock_movement WHERE cancels_id IS NOT NULL
        UNION ALL SELECT cancels_id FROM temp.arriving WHERE cancels_id IS NOT NULL)
    UNION ALL
    -- A cancel that was there before what it reverses.
    SELECT store_code, lot_number, counterpart_code FROM core.stock_movement
    WHERE cancels_id IN (SELECT movement_id FROM temp.arriving)
    UNION ALL
    SELECT i.store_code, i.lot_number, NULL FROM temp.arriving i JOIN core.stock_level s USING (store_code, lot_number)
    -- Of a row that has no count, NULL would count as later than anything.
    WHERE s.count_id IS NOT NULL
      AND (i.occurred_at, i.recorded_at, i.movement_id) < (s.counted_at, s.count_recorded_at, s.count_id)
    UNION ALL
    -- Of a lot that was thawed somewhere: whatever brings doses or passes them on, and what stands before something else.
    SELECT i.store_code, i.lot_number, CASE WHEN i.kind IN ('issue', 'transfer_out') THEN i.counterpart_code END
    FROM temp.arriving i SEMI JOIN temp.thawed_lots USING (lot_number)
    LEFT JOIN core.stock_level s USING (store_code, lot_number)
    WHERE i.doses >= 0 OR i.kind IN ('receipt', 'transfer_in', 'issue', 'transfer_out') OR i.occurred_at <= s.last_moved_at),
touched AS (
    SELECT store_code, lot_number FROM anew
    UNION SELECT counterpart_code, lot_number FROM anew WHERE counterpart_code IS NOT NULL),
-- Whom stores sent doses of such a lot to: what changes in one may change the clocks of all after it.
sent AS (
    SELECT DISTINCT store_code, lot_number, counterpart_code FROM core.stock_movement
    WHERE kind IN ('issue', 'transfer_out') AND counterpart_code IS NOT NULL
      AND lot_number IN (SELECT lot_number FROM temp.thawed_lots) AND lot_number IN (SELECT lot_number FROM touched)
    UNION
    SELECT store_code, lot_number, counterpart_code FROM temp.arriving
    WHERE kind IN ('issue', 'transfer_out') AND counterpart_code IS NOT NULL
      AND lot_number IN (SELECT lot_number FROM temp.thawed_lots)),
reached AS (
    FROM touched
    UNION
    SELECT s.counterpart_code AS store_code, s.lot_number FROM reached r JOIN sent s USING (store_code, lot_number))
FROM reached
