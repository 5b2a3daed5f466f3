-- Grain: store x lot of temp.touched_pairs. Unit: doses, full size. On hand: the last physical count and what moved after it,
-- in order of (occurred, recorded, id). Incoming: opening balance, receipts and transfers in. Inputs: core.stock_movement.
INSERT INTO core.stock_level BY NAME
WITH ordered AS (
    SELECT m.*, max(CASE WHEN kind = 'count' THEN (occurred_at, recorded_at, movement_id) END)
               OVER (PARTITION BY store_code, lot_number) AS last_count
    FROM core.stock_movement m SEMI JOIN temp.touched_pairs USING (store_code, lot_number))
SELECT store_code, lot_number,
       coalesce(max(counted) FILTER (WHERE (occurred_at, recorded_at, movement_id) = last_count), 0)
       + coalesce(sum(doses) FILTER (WHERE kind <> 'count' AND
             (last_count IS NULL OR (occurred_at, recorded_at, movement_id) > last_count)), 0)::BIGINT AS on_hand,
       coalesce(sum(doses) FILTER (WHERE kind IN ('opening', 'receipt', 'transfer_in')), 0)::BIGINT AS incoming,
       -coalesce(sum(doses) FILTER (WHERE kind = 'administered'), 0)::BIGINT AS administered,
       -coalesce(sum(doses) FILTER (WHERE kind IN ('wasted_open', 'wasted_closed')), 0)::BIGINT AS wasted,
       any_value(struct_extract(last_count, 1)) AS counted_at, any_value(struct_extract(last_count, 2)) AS count_recorded_at,
       any_value(struct_extract(last_count, 3)) AS count_id
FROM ordered GROUP BY store_code, lot_number
