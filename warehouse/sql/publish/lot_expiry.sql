-- Grain: lot x day from which an expiry is in force; of a label and an extension of one day the extension counts.
-- Inputs: core.lot_expiry.
SELECT lot_number, valid_from, arg_max(expires_on, (kind = 'extension', expires_on)) AS expires_on
FROM core.lot_expiry GROUP BY lot_number, valid_from ORDER BY ALL
