-- Grain: lot: its state at $now ('' where none has begun). Inputs: lot, lot_state.
WITH state AS (
    SELECT lot_number, arg_max(state, valid_from) AS state FROM lot_state WHERE valid_from <= $now::TIMESTAMPTZ GROUP BY ALL)
SELECT l.lot_number AS number, l.product, coalesce(s.state, '') AS state
FROM lot l LEFT JOIN state s USING (lot_number) ORDER BY l.lot_number
