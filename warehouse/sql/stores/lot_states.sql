-- Grain: state that the lot $lot was in, the newest first. Inputs: lot_state.
SELECT valid_from AS since, state, reason FROM lot_state WHERE lot_number = $lot ORDER BY valid_from DESC
