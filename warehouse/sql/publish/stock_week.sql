-- Grain: store with closed vials wasted in the last $waste_days days, today's included, or with any wasted without a reason.
-- Unit: doses. handled: the level at the end of the day before, and what came in since. Inputs: core.stock_day, core.stock_level,
-- core.stock_clock.
WITH asked AS (
    SELECT store_code, sum(closed) AS closed, sum(unsaid) AS unsaid FROM core.stock_day
    WHERE day > (SELECT today - $waste_days::INTEGER FROM core.stock_clock) AND (closed <> 0 OR unsaid <> 0)
    GROUP BY ALL HAVING sum(closed) > 0 OR sum(unsaid) > 0),
moved AS (
    SELECT store_code, sum(net) AS net, sum(came) AS came FROM core.stock_day SEMI JOIN asked USING (store_code)
    WHERE day > (SELECT today - $waste_days::INTEGER FROM core.stock_clock) GROUP BY ALL),
held AS (SELECT store_code, sum(on_hand) AS on_hand FROM core.stock_level SEMI JOIN asked USING (store_code) GROUP BY ALL)
SELECT store_code, greatest(h.on_hand - m.net + m.came, 0)::BIGINT AS handled, greatest(a.closed, 0)::BIGINT AS closed,
       greatest(a.unsaid, 0)::BIGINT AS unsaid
FROM asked a JOIN moved m USING (store_code) JOIN held h USING (store_code)
