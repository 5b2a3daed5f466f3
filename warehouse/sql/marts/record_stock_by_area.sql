-- Grain: area x product. Unit: doses, full size. Delivered: what reached the province's own store from above. On hand: per
-- store and lot the last physical count and what moved after it, over all stores of the area. A level below zero stays.
-- Inputs: core.stock_movement, core.store, core.lot.
WITH ordered AS (
    SELECT m.*, max(CASE WHEN kind = 'count' THEN (occurred_at, recorded_at, movement_id) END)
               OVER (PARTITION BY store_code, lot_number) AS last_count
    FROM core.stock_movement m),
balance AS (
    SELECT store_code, lot_number,
           coalesce(max(counted) FILTER (WHERE (occurred_at, recorded_at, movement_id) = last_count), 0)
           + coalesce(sum(doses) FILTER (WHERE kind <> 'count' AND
                 (last_count IS NULL OR (occurred_at, recorded_at, movement_id) > last_count)), 0) AS on_hand,
           coalesce(sum(doses) FILTER (WHERE kind IN ('opening', 'receipt', 'transfer_in')), 0) AS incoming,
           -coalesce(sum(doses) FILTER (WHERE kind = 'administered'), 0) AS administered,
           -coalesce(sum(doses) FILTER (WHERE kind IN ('wasted_open', 'wasted_closed')), 0) AS wasted
    FROM ordered GROUP BY ALL)
SELECT coalesce(s.province_code, 'central') AS area_code, coalesce(l.product_code, '') AS product,
       coalesce(sum(b.incoming) FILTER (WHERE s.level IN ('province', 'recipient')), 0)::BIGINT AS delivered,
       sum(b.administered)::BIGINT AS administered, sum(b.wasted)::BIGINT AS wasted, sum(b.on_hand)::BIGINT AS on_hand
FROM balance b JOIN core.store s ON s.code = b.store_code LEFT JOIN core.lot l USING (lot_number)
GROUP BY ALL
