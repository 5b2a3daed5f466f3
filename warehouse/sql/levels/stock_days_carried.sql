-- Grain: store x lot x local day with new movements and none of temp.touched_pairs; added to the rows that are there.
-- Unit: doses. As levels/stock_days.sql. Inputs: temp.incoming_stock_movement, temp.touched_pairs, core.stock_clock.
INSERT INTO core.stock_day BY NAME
SELECT i.store_code, i.lot_number, i.occurred_at::DATE AS day, sum(i.doses)::BIGINT AS net,
       coalesce(sum(i.doses) FILTER (WHERE i.kind IN ('opening', 'receipt', 'transfer_in') AND NOT on_the_way), 0)::BIGINT AS came,
       -coalesce(sum(i.doses) FILTER (WHERE i.kind = 'administered'), 0)::BIGINT AS used,
       -coalesce(sum(i.doses) FILTER (WHERE i.kind = 'wasted_closed' AND NOT on_the_way), 0)::BIGINT AS closed,
       -coalesce(sum(i.doses) FILTER (WHERE i.kind IN ('wasted_open', 'wasted_closed') AND coalesce(trim(i.reason), '') = ''), 0)::BIGINT
           AS unsaid
FROM (SELECT *, coalesce(movement_id < 0 AND counterpart_code IS NOT NULL AND trim(reason) <> '', false) AS on_the_way
      FROM temp.incoming_stock_movement) i
ANTI JOIN temp.touched_pairs t ON t.store_code = i.store_code AND t.lot_number = i.lot_number
WHERE i.occurred_at::DATE >= (SELECT since FROM core.stock_clock) GROUP BY ALL
