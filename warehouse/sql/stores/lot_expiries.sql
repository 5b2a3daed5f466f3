-- Grain: expiry of the lot $lot, the newest first. Inputs: lot_expiry.
SELECT expires_on, coalesce(kind, 'label') AS kind, condition, decision, valid_from FROM lot_expiry WHERE lot_number = $lot
ORDER BY valid_from DESC, kind = 'label'
