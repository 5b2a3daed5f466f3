-- Grain: lot x day from which an expiry is in force x kind. Inputs: core.lot_expiry.
SELECT lot_number, valid_from, expires_on, kind, condition, decision FROM core.lot_expiry ORDER BY ALL
