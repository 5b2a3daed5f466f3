-- Grain: lot x instant from which it is in a state. Inputs: core.lot_state.
SELECT lot_number, valid_from, state, reason FROM core.lot_state ORDER BY lot_number, valid_from
