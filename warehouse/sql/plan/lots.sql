-- Grain: lot: what of it a plan needs, and its state at $now ('' where none has begun). Inputs: lot, lot_state.
WITH state AS (
    SELECT lot_number, arg_max(state, valid_from) AS state FROM lot_state WHERE valid_from <= $now::TIMESTAMPTZ GROUP BY ALL)
SELECT l.lot_number AS number, l.product, coalesce(s.state, '') AS state, coalesce(l.earmark, '') AS earmark,
       l.doses_per_vial, coalesce(l.vials_per_tray, 1) AS vials_per_tray
FROM lot l LEFT JOIN state s USING (lot_number) ORDER BY l.lot_number
