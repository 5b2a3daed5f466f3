-- Grain: store x lot with new movements, or with doses newly sent to it, and none of temp.touched_pairs: its level carried on.
-- Unit: doses, full size. Inputs: core.stock_level, temp.incoming_stock_movement, temp.touched_pairs.
CREATE OR REPLACE TEMP TABLE carried_pairs AS
WITH moved AS (
    SELECT store_code, lot_number, kind, doses, occurred_at, counterpart_code, true AS own FROM temp.incoming_stock_movement
    UNION ALL BY NAME
    SELECT counterpart_code AS store_code, lot_number, kind, doses, occurred_at, store_code AS counterpart_code, false AS own
    FROM temp.incoming_stock_movement WHERE kind IN ('issue', 'transfer_out') AND counterpart_code IS NOT NULL),
fresh AS (
    SELECT i.store_code, i.lot_number,
           sum(doses) FILTER (WHERE own) AS moved,
           sum(doses) FILTER (WHERE own AND kind IN ('opening', 'receipt', 'transfer_in')) AS incoming,
           sum(doses) FILTER (WHERE own AND (kind = 'opening' OR
               kind IN ('receipt', 'transfer_in') AND counterpart_code IS NULL)) AS arrived,
           -sum(doses) FILTER (WHERE own AND kind IN ('issue', 'transfer_out')) AS sent,
           -sum(doses) FILTER (WHERE own AND kind = 'administered') AS administered,
           -sum(doses) FILTER (WHERE own AND kind = 'wasted_open') AS wasted_open,
           -sum(doses) FILTER (WHERE own AND kind = 'wasted_closed') AS wasted_closed,
           -sum(doses) FILTER (WHERE NOT own) AS sent_here,
           max(occurred_at) FILTER (WHERE own) AS last_moved_at,
           max(occurred_at) FILTER (WHERE NOT own) AS last_sent_at,
           max(occurred_at) FILTER (WHERE own AND kind IN ('receipt', 'transfer_in') AND counterpart_code IS NOT NULL)
               AS last_received_at
    FROM moved i
    ANTI JOIN temp.touched_pairs t ON t.store_code = i.store_code AND t.lot_number = i.lot_number
    GROUP BY ALL)
SELECT f.store_code, f.lot_number, (coalesce(s.on_hand, 0) + coalesce(f.moved, 0))::BIGINT AS on_hand,
       (coalesce(s.incoming, 0) + coalesce(f.incoming, 0))::BIGINT AS incoming,
       (coalesce(s.arrived, 0) + coalesce(f.arrived, 0))::BIGINT AS arrived,
       (coalesce(s.sent, 0) + coalesce(f.sent, 0))::BIGINT AS sent,
       (coalesce(s.administered, 0) + coalesce(f.administered, 0))::BIGINT AS administered,
       (coalesce(s.wasted_open, 0) + coalesce(f.wasted_open, 0))::BIGINT AS wasted_open,
       (coalesce(s.wasted_closed, 0) + coalesce(f.wasted_closed, 0))::BIGINT AS wasted_closed,
       (coalesce(s.sent_here, 0) + coalesce(f.sent_here, 0))::BIGINT AS sent_here,
       s.counted_at, s.count_recorded_at, s.count_id,
       -- Nothing came in, so that the level fell and never rose: empty now is empty at some time.
       CASE WHEN f.moved IS NULL OR coalesce(s.on_hand, 0) + f.moved > 0 THEN s.thawed_on END AS thawed_on,
       greatest(s.last_moved_at, f.last_moved_at) AS last_moved_at, greatest(s.last_sent_at, f.last_sent_at) AS last_sent_at,
       greatest(s.last_received_at, f.last_received_at) AS last_received_at
FROM fresh f LEFT JOIN core.stock_level s USING (store_code, lot_number)
