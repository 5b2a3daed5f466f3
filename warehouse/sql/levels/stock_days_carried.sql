-- Grain: store x lot x local day with new movements and none of temp.touched_pairs; added to the rows that are there.
-- Unit: doses. Inputs: temp.incoming_stock_movement, temp.touched_pairs, core.stock_clock.
INSERT INTO core.stock_day BY NAME
SELECT i.store_code, i.lot_number, i.occurred_at::DATE AS day, sum(i.doses)::BIGINT AS net,
       coalesce(sum(i.doses) FILTER (WHERE i.kind IN ('opening', 'receipt', 'transfer_in')), 0)::BIGINT AS came,
       -coalesce(sum(i.doses) FILTER (WHERE i.kind = 'administered'), 0)::BIGINT AS used,
       -coalesce(sum(i.doses) FILTER (WHERE i.kind = 'wasted_closed'), 0)::BIGINT AS closed,
       -coalesce(sum(i.doses) FILTER (WHERE i.kind IN ('wasted_open', 'wasted_closed') AND coalesce(trim(i.reason), '') = ''), 0)::BIGINT
           AS unsaid
FROM temp.incoming_stock_movement i
ANTI JOIN temp.touched_pairs t ON t.store_code = i.store_code AND t.lot_number = i.lot_number
WHERE i.occurred_at::DATE >= (SELECT since FROM core.stock_clock) GROUP BY ALL
