-- What the centre asks of lots and movements besides what it asked so far. Columns are added at the end of each view, so that
-- whoever reads it by name goes on. Who set a state is not shown: the feeds tell of no person.
CREATE OR REPLACE VIEW feed.lot AS
    SELECT l.lot_number, l.product_code, l.source, l.earmark, l.doses_received, l.doses_per_vial, l.row_version,
           l.vials_per_tray, l.manufactured_on
    FROM registry.lot l;
CREATE OR REPLACE VIEW feed.lot_expiry AS
    SELECT lot_number, expires_on, kind, valid_from, row_version,
           concat_ws('|', lot_number, valid_from::text, kind) AS expiry_key, condition, decision
    FROM registry.lot_expiry;
CREATE OR REPLACE VIEW feed.lot_state AS
    SELECT lot_number, state, valid_from, row_version,
           concat_ws('|', lot_number, (valid_from AT TIME ZONE 'UTC')::text) AS state_key, reason
    FROM registry.lot_state;
CREATE OR REPLACE VIEW feed.stock_movement AS
    SELECT movement_id, store_code, lot_number, kind, doses, counted, occurred_at, recorded_at, counterpart_code,
           cancels_id, row_version, reason, decision_id, thawed_on
    FROM registry.stock_movement;

-- Grain: lot. Doses in force and the people who were given them, each once: numbers only, no identity. For the
-- trace of a lot: the index holds all that is asked, so that a lot of a million doses is counted in seconds.
CREATE INDEX dose_lot ON registry.dose (lot_number, site_code, person_id) WHERE voided_at IS NULL;
CREATE VIEW operations.lot_people AS
    SELECT lot_number, count(*) AS doses, count(DISTINCT person_id) AS people
    FROM registry.dose WHERE voided_at IS NULL GROUP BY lot_number;

GRANT SELECT ON operations.lot_people TO {app_role};
GRANT SELECT (lot_number) ON registry.lot TO {app_role};
GRANT SELECT (lot_number, state, valid_from, reason), INSERT (lot_number, state, valid_from, actor, reason)
    ON registry.lot_state TO {app_role};
