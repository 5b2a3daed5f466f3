-- Grain: version of a lot's expiry. Inputs: lot_expiry.
SELECT lot_number AS lot, expires_on, coalesce(kind, 'label') AS kind, valid_from, coalesce(condition, '') AS condition,
       coalesce(decision, '') AS decision
FROM lot_expiry ORDER BY lot_number, valid_from, kind
