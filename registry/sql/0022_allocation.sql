-- Decisions on allocation as the centre follows them: who signed, for whom, and what was changed in them later.

-- stated_at: when the row was last stated so; whoever writes the row may set it, as the clock of the campaign says.
ALTER TABLE registry.allocation_decision
    ADD COLUMN source text, ADD COLUMN earmark text, ADD COLUMN stated_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE registry.allocation_line ADD COLUMN stated_at timestamptz NOT NULL DEFAULT now();

-- Grain: one field of a decision, or of a line of it (store_code not empty), that was changed after it was stated. Append-only:
-- the versions of a decision. What was shipped or received is progress, no change of the decision.
CREATE TABLE registry.allocation_change (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, decision_id bigint NOT NULL,
    store_code text NOT NULL DEFAULT '', product_code text NOT NULL DEFAULT '', lot_number text NOT NULL DEFAULT '',
    field text NOT NULL, before text, after text, changed_at timestamptz NOT NULL, row_version xid8 NOT NULL DEFAULT '0');
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON registry.allocation_change FOR EACH ROW
    EXECUTE FUNCTION registry.stamp_version();
CREATE INDEX allocation_change_row_version ON registry.allocation_change (row_version);

CREATE FUNCTION registry.note_decision_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO registry.allocation_change (decision_id, field, before, after, changed_at)
    SELECT NEW.decision_id, changed.field, changed.before, changed.after, NEW.stated_at
    FROM (VALUES ('number', OLD.number, NEW.number), ('round', OLD.round::text, NEW.round::text),
                 ('decided_on', OLD.decided_on::text, NEW.decided_on::text), ('signed_by', OLD.signed_by, NEW.signed_by),
                 ('source', OLD.source, NEW.source), ('earmark', OLD.earmark, NEW.earmark),
                 ('state', CASE WHEN 'withdrawn' IN (OLD.state, NEW.state) THEN OLD.state END,
                           CASE WHEN 'withdrawn' IN (OLD.state, NEW.state) THEN NEW.state END))
         AS changed (field, before, after)
    WHERE changed.before IS DISTINCT FROM changed.after;
    RETURN NULL;
END $$;
CREATE TRIGGER note_change AFTER UPDATE ON registry.allocation_decision FOR EACH ROW
    EXECUTE FUNCTION registry.note_decision_change();

CREATE FUNCTION registry.note_line_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a line of a decision is not deleted: set its doses to 0, so that its versions are kept';
    END IF;
    INSERT INTO registry.allocation_change
        (decision_id, store_code, product_code, lot_number, field, before, after, changed_at)
    SELECT NEW.decision_id, NEW.store_code, NEW.product_code, NEW.lot_number, changed.field, changed.before, changed.after,
           NEW.stated_at
    FROM (VALUES ('doses', OLD.doses::text, NEW.doses::text), ('planned_on', OLD.planned_on::text, NEW.planned_on::text))
         AS changed (field, before, after)
    WHERE changed.before IS DISTINCT FROM changed.after;
    RETURN NULL;
END $$;
CREATE TRIGGER note_change AFTER UPDATE OR DELETE ON registry.allocation_line FOR EACH ROW
    EXECUTE FUNCTION registry.note_line_change();

-- Grain: decision. signed_by: the office or official whose signature the published decision bears, no private person.
CREATE OR REPLACE VIEW feed.allocation_decision AS
    SELECT decision_id, number, round, decided_on, state, row_version, signed_by, source, earmark
    FROM registry.allocation_decision;
-- Grain: decision x store x product x lot. Unit: doses, full size. planned_on: when it is expected there.
CREATE OR REPLACE VIEW feed.allocation_line AS
    SELECT decision_id, store_code, product_code, lot_number, doses, planned_on, shipped_on, received_on,
           doses_received, row_version, concat_ws('|', decision_id::text, store_code, product_code, lot_number) AS line_key
    FROM registry.allocation_line;
CREATE VIEW feed.allocation_change AS
    SELECT change_id, decision_id, store_code, product_code, lot_number, field, before, after, changed_at, row_version
    FROM registry.allocation_change;
GRANT SELECT ON feed.allocation_change TO {etl_role};
