-- Decisions about doses that were out of range take effect in the stock. Inputs: 0001, 0003, 0005, 0024.

-- Of a discard: why, in the words of data/reference/waste_reasons.csv; reason is the comment of who decided. NULL: decided before.
ALTER TABLE operations.excursion_decision ADD COLUMN waste_reason text
    CHECK (waste_reason IS NULL OR kind = 'discard' AND waste_reason <> '');

-- A line is never changed, and its decision is written before it in the same transaction: its version is that of both.
ALTER TABLE operations.excursion_decision_lot ADD COLUMN row_version xid8 NOT NULL DEFAULT '0';
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON operations.excursion_decision_lot
    FOR EACH ROW EXECUTE FUNCTION registry.stamp_version();
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON operations.excursion_decision_lot
    FOR EACH STATEMENT EXECUTE FUNCTION registry.tell_feed();
CREATE INDEX excursion_decision_lot_row_version ON operations.excursion_decision_lot (row_version);

-- Grain: decision x lot. Of the person who decided the name under which pages show decisions; no reason, which may say anything.
CREATE VIEW feed.excursion_line AS
    SELECT l.line_id, l.decision_id, d.equipment_id, d.store_code, l.lot_number, d.kind, d.started_at, d.until_at,
           l.usable_until, d.actor, d.campaign_at AS decided_at, l.row_version
    FROM operations.excursion_decision_lot l JOIN operations.excursion_decision d USING (decision_id);
GRANT SELECT ON feed.excursion_line TO {etl_role};
-- A last day of use is held against the expiry in force.
GRANT SELECT (lot_number, expires_on, kind, condition, valid_from) ON registry.lot_expiry TO {app_role};
