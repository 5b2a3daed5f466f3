-- Consumables beside the vaccine: a ledger of pieces by store, item and batch; and what persons read on the vials' own monitors of
-- heat. Inputs: 0001, 0003, 0005, 0009. Instants are campaign time, but for set_at. {app_role} gets rights on readings alone.

-- Grain: movement. As registry.stock_movement, in pieces: a table of its own, so that no sum of doses can ever hold one.
-- batch: '' where the item is kept without one.
CREATE TABLE registry.supply_movement (
    movement_id bigint PRIMARY KEY, store_code text NOT NULL, item_code text NOT NULL, batch text NOT NULL DEFAULT '',
    kind text NOT NULL CHECK (kind IN ('opening', 'receipt', 'issue', 'transfer_out', 'transfer_in', 'administered',
                                       'wasted_open', 'wasted_closed', 'adjustment', 'count', 'cancel')),
    pieces bigint NOT NULL, counted bigint, occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL,
    counterpart_code text, reason text, cancels_id bigint, row_version xid8 NOT NULL DEFAULT '0',
    CHECK ((kind = 'cancel') = (cancels_id IS NOT NULL)), CHECK ((kind = 'count') = (counted IS NOT NULL)));

-- Grain: store x lot x instant: the worst stage seen on the vials. doses: how many are at it, NULL: all that are there.
-- occasion: at its receipt, at a count, or otherwise. Appended to, never changed.
CREATE TABLE registry.vial_reading (
    store_code text NOT NULL, lot_number text NOT NULL, read_at timestamptz NOT NULL,
    stage smallint NOT NULL CHECK (stage BETWEEN 1 AND 4), doses bigint CHECK (doses > 0),
    occasion text NOT NULL CHECK (occasion IN ('receipt', 'count', 'other')), note text,
    read_by text NOT NULL CHECK (read_by <> ''), set_at timestamptz NOT NULL, row_version xid8 NOT NULL DEFAULT '0',
    PRIMARY KEY (store_code, lot_number, read_at));

DO $$
DECLARE feed text;
BEGIN
    FOREACH feed IN ARRAY ARRAY['supply_movement', 'vial_reading']
    LOOP
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON registry.%I FOR EACH ROW '
                       'EXECUTE FUNCTION registry.stamp_version()', feed);
        EXECUTE format('CREATE TRIGGER tell AFTER INSERT OR UPDATE ON registry.%I FOR EACH STATEMENT '
                       'EXECUTE FUNCTION registry.tell_feed()', feed);
        EXECUTE format('CREATE INDEX %I ON registry.%I (row_version)', feed || '_row_version', feed);
    END LOOP;
END $$;

-- Who read a monitor is not shown: the feeds tell of no person.
CREATE VIEW feed.supply_movement AS
    SELECT movement_id, store_code, item_code, batch, kind, pieces, counted, occurred_at, recorded_at, counterpart_code,
           cancels_id, reason, row_version
    FROM registry.supply_movement;
CREATE VIEW feed.vial_reading AS
    SELECT concat_ws('|', store_code, lot_number, (read_at AT TIME ZONE 'UTC')::text) AS reading_key, store_code, lot_number,
           stage, doses, read_at, occasion, row_version
    FROM registry.vial_reading;

GRANT SELECT ON feed.supply_movement, feed.vial_reading TO {etl_role};
GRANT SELECT, INSERT ON registry.vial_reading TO {app_role};
GRANT SELECT (lot_number, product_code) ON registry.lot TO {app_role};
