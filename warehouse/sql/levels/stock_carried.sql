-- Grain: store x lot with new movements and none of temp.touched_pairs: its level carried on, what a corrected movement said
-- before taken back. Unit: doses, full size. A level is a sum of movements, but for the count that it begins with.
-- Inputs: core.stock_level, temp.incoming_stock_movement, temp.replaced_movement, temp.touched_pairs.
CREATE OR REPLACE TEMP TABLE carried_pairs AS
WITH moved AS (
    SELECT store_code, lot_number, kind, doses, occurred_at, recorded_at, movement_id FROM temp.incoming_stock_movement
    UNION ALL BY NAME
    SELECT store_code, lot_number, kind, -doses AS doses, occurred_at, recorded_at, movement_id FROM temp.replaced_movement
    WHERE movement_id IN (SELECT movement_id FROM temp.incoming_stock_movement)),
fresh AS (
    SELECT i.store_code, i.lot_number,
           sum(i.doses) FILTER (WHERE s.count_id IS NULL OR (i.occurred_at, i.recorded_at, i.movement_id)
                                > (s.counted_at, s.count_recorded_at, s.count_id)) AS moved,
           sum(i.doses) FILTER (WHERE i.kind IN ('opening', 'receipt', 'transfer_in')) AS incoming,
           -sum(i.doses) FILTER (WHERE i.kind = 'administered') AS administered,
           -sum(i.doses) FILTER (WHERE i.kind IN ('wasted_open', 'wasted_closed')) AS wasted
    FROM moved i
    ANTI JOIN temp.touched_pairs t ON t.store_code = i.store_code AND t.lot_number = i.lot_number
    LEFT JOIN core.stock_level s ON s.store_code = i.store_code AND s.lot_number = i.lot_number
    GROUP BY ALL)
SELECT f.store_code, f.lot_number, (coalesce(s.on_hand, 0) + coalesce(f.moved, 0))::BIGINT AS on_hand,
       (coalesce(s.incoming, 0) + coalesce(f.incoming, 0))::BIGINT AS incoming,
       (coalesce(s.administered, 0) + coalesce(f.administered, 0))::BIGINT AS administered,
       (coalesce(s.wasted, 0) + coalesce(f.wasted, 0))::BIGINT AS wasted,
       s.counted_at, s.count_recorded_at, s.count_id
FROM fresh f LEFT JOIN core.stock_level s USING (store_code, lot_number)
