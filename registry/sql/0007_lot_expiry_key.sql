-- The label's expiry of a lot and each official extension carry one key. The column is added at the end, so that whoever
-- reads the view by name goes on.
CREATE OR REPLACE VIEW feed.lot_expiry AS
    SELECT lot_number, expires_on, kind, valid_from, row_version,
           concat_ws('|', lot_number, valid_from::text, kind) AS expiry_key
    FROM registry.lot_expiry;
