-- Grain: store x lot of temp.touched_pairs, as core.stock_level. Unit: doses, full size.
-- Inputs: temp.replayed, temp.sent_here, temp.thaw_begun, core.stock_movement. Leaves temp.counted_level.
CREATE OR REPLACE TEMP TABLE counted_level AS
WITH sent_and_back AS (
    SELECT store_code, lot_number, doses, occurred_at FROM temp.sent_here
    UNION ALL BY NAME
    SELECT s.store_code, s.lot_number, c.doses, NULL AS occurred_at
    FROM core.stock_movement c JOIN temp.sent_here s ON c.cancels_id = s.movement_id
    WHERE c.kind = 'cancel' AND c.cancels_id IN (SELECT movement_id FROM temp.sent_here)),
reaching AS (
    SELECT store_code, lot_number, -sum(doses) AS sent_here, max(occurred_at) AS last_sent_at
    FROM sent_and_back GROUP BY ALL),
own AS (
    SELECT store_code, lot_number, arg_max(level, step) AS on_hand,
           sum(doses) FILTER (WHERE kind IN ('opening', 'receipt', 'transfer_in')) AS incoming,
           sum(doses) FILTER (WHERE kind = 'opening' OR kind IN ('receipt', 'transfer_in') AND counterpart_code IS NULL) AS arrived,
           -sum(doses) FILTER (WHERE kind IN ('issue', 'transfer_out')) AS sent,
           -sum(doses) FILTER (WHERE kind = 'administered') AS administered,
           -sum(doses) FILTER (WHERE kind = 'wasted_open') AS wasted_open,
           -sum(doses) FILTER (WHERE kind = 'wasted_closed') AS wasted_closed,
           arg_max((occurred_at, recorded_at, place_id), step) FILTER (WHERE kind = 'count') AS last_count,
           max(emptied) AS emptied, max(occurred_at) AS last_moved_at,
           max(occurred_at) FILTER (WHERE stands AND kind IN ('receipt', 'transfer_in') AND counterpart_code IS NOT NULL)
               AS last_received_at
    FROM temp.replayed GROUP BY ALL),
thawed AS (
    SELECT b.store_code, b.lot_number, min(b.thawed_on) AS thawed_on
    FROM temp.thaw_begun b JOIN own o USING (store_code, lot_number) WHERE b.emptied = o.emptied GROUP BY ALL)
SELECT store_code, lot_number, coalesce(o.on_hand, 0) AS on_hand, coalesce(o.incoming, 0)::BIGINT AS incoming,
       coalesce(o.arrived, 0)::BIGINT AS arrived, coalesce(o.sent, 0)::BIGINT AS sent,
       coalesce(o.administered, 0)::BIGINT AS administered, coalesce(o.wasted_open, 0)::BIGINT AS wasted_open,
       coalesce(o.wasted_closed, 0)::BIGINT AS wasted_closed, coalesce(r.sent_here, 0)::BIGINT AS sent_here,
       struct_extract(o.last_count, 1) AS counted_at, struct_extract(o.last_count, 2) AS count_recorded_at,
       struct_extract(o.last_count, 3) AS count_id, t.thawed_on,
       o.last_moved_at, r.last_sent_at, o.last_received_at
FROM own o FULL JOIN reaching r USING (store_code, lot_number) LEFT JOIN thawed t USING (store_code, lot_number)
