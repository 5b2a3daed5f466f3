-- Before movements are taken in: the store x lot whose level cannot be carried on. A movement that comes again in another
-- version, a cancel and what it reverses, a physical count, something that stood before the last count, and whatever can move
-- a thaw clock back. Only these are counted anew. Inputs: temp.incoming_stock_movement, core.stock_movement, core.stock_level.
CREATE OR REPLACE TEMP TABLE arriving AS
SELECT i.* FROM temp.incoming_stock_movement i
ANTI JOIN (SELECT movement_id, version FROM core.stock_movement
           WHERE movement_id IN (SELECT movement_id FROM temp.incoming_stock_movement)) held
    ON held.movement_id = i.movement_id AND held.version >= i.version;

CREATE OR REPLACE TEMP TABLE touched_pairs AS
WITH anew AS (
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
    -- Of what a store was sent, the first may be what a receipt before it goes by.
    SELECT i.counterpart_code, i.lot_number, NULL FROM temp.arriving i
    JOIN core.stock_level s ON s.store_code = i.counterpart_code AND s.lot_number = i.lot_number
    WHERE i.kind IN ('issue', 'transfer_out') AND s.thaw_told
    UNION ALL
    SELECT i.store_code, i.lot_number, NULL FROM temp.arriving i JOIN core.stock_level s USING (store_code, lot_number)
    -- Of a row that has no count, NULL would count as later than anything.
    WHERE (s.count_id IS NOT NULL
           AND (i.occurred_at, i.recorded_at, i.movement_id) < (s.counted_at, s.count_recorded_at, s.count_id))
       OR (s.thaw_told AND (i.doses >= 0 OR i.kind IN ('receipt', 'transfer_in') OR i.occurred_at <= s.last_moved_at)))
SELECT DISTINCT store_code, lot_number FROM (
    SELECT store_code, lot_number FROM anew
    UNION ALL SELECT counterpart_code, lot_number FROM anew WHERE counterpart_code IS NOT NULL)
