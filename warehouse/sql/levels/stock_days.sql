-- Grain: store x lot x local day since core.stock_clock.since, of what was replayed. Unit: doses. came, closed: without doses that
-- were written off on the way to the store. Inputs: temp.replayed.
CREATE OR REPLACE TEMP TABLE counted_day AS
SELECT store_code, lot_number, occurred_at::DATE AS day,
       sum(CASE WHEN kind = 'count' THEN counted - before ELSE doses END)::BIGINT AS net,
       coalesce(sum(doses) FILTER (WHERE kind IN ('opening', 'receipt', 'transfer_in') AND NOT on_the_way), 0)::BIGINT AS came,
       -coalesce(sum(doses) FILTER (WHERE kind = 'administered'), 0)::BIGINT AS used,
       -coalesce(sum(doses) FILTER (WHERE kind = 'wasted_closed' AND NOT on_the_way), 0)::BIGINT AS closed,
       -coalesce(sum(doses) FILTER (WHERE kind IN ('wasted_open', 'wasted_closed') AND coalesce(trim(reason), '') = ''), 0)::BIGINT AS unsaid
FROM temp.replayed WHERE occurred_at::DATE >= (SELECT since FROM core.stock_clock) GROUP BY ALL
