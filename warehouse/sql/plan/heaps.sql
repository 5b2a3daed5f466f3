-- Grain: place x whether it lies in the place's own store x lot x earliest thaw x what decisions say of its doses ($mark_*:
-- warehouse/reads_marks.py). $stores, $places: the place of each store. Unit: doses, full size, less those past the discard
-- point of their monitors ($discard_*); levels below zero count as none here. coming: on its way, last sent since $since, and
-- late: before. sent_on: the last day. Inputs: stock_by_lot.
WITH place AS (SELECT unnest($stores::VARCHAR[]) AS store_code, unnest($places::VARCHAR[]) AS place),
mark AS (
    SELECT unnest($mark_stores::VARCHAR[]) AS store_code, unnest($mark_lots::VARCHAR[]) AS lot_number,
           unnest($mark_holds::BOOLEAN[]) AS on_hold, unnest($mark_days::DATE[]) AS decided_until),
past AS (
    SELECT unnest($discard_stores::VARCHAR[]) AS store_code, unnest($discard_lots::VARCHAR[]) AS lot_number,
           unnest($discard_doses::BIGINT[]) AS discard)
SELECT p.place, b.store_code = p.place AS own, b.lot_number AS lot, b.product, b.thawed_on,
       coalesce(m.on_hold, false) AS on_hold, m.decided_until,
       sum(greatest(greatest(b.on_hand, 0) - coalesce(d.discard, 0), 0))::BIGINT AS doses,
       coalesce(sum(b.in_transit) FILTER (WHERE b.in_transit > 0 AND b.last_sent_at::DATE >= $since::DATE), 0)::BIGINT AS coming,
       coalesce(sum(b.in_transit) FILTER (WHERE b.in_transit > 0 AND b.last_sent_at::DATE < $since::DATE), 0)::BIGINT AS late,
       max(b.last_sent_at::DATE) FILTER (WHERE b.in_transit > 0 AND b.last_sent_at::DATE >= $since::DATE) AS sent_on
FROM stock_by_lot b JOIN place p USING (store_code) LEFT JOIN mark m USING (store_code, lot_number)
     LEFT JOIN past d USING (store_code, lot_number)
WHERE b.on_hand > 0 OR b.in_transit > 0
GROUP BY ALL ORDER BY ALL
