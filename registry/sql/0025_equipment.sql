-- The register of equipment: how each device stands by what named persons and the register itself say, and its repairs.
-- Inputs: 0001, 0003, 0005, 0009, 0015. Instants are campaign time, but for set_at. {app_role} gets rights here and on the
-- columns named below, and on no other record.

-- What the register itself says, since when (NULL: since it is there); retired_on was there already.
ALTER TABLE registry.equipment ADD COLUMN status text
    CHECK (status IN ('working', 'needs_repair', 'not_working', 'not_in_use')), ADD COLUMN status_since timestamptz;

-- Grain: device x instant from which a named person says that it is so. Appended to, never changed: it is the history.
CREATE TABLE registry.equipment_status (
    equipment_id text NOT NULL, since timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('working', 'needs_repair', 'not_working', 'not_in_use')),
    reason text NOT NULL CHECK (reason <> ''), set_by text NOT NULL CHECK (set_by <> ''), set_at timestamptz NOT NULL,
    row_version xid8 NOT NULL DEFAULT '0', PRIMARY KEY (equipment_id, since));

-- Grain: repair of one device. Open until done_at; at most one is open. assigned_to: who repairs it, a person or a workshop.
CREATE TABLE registry.repair_job (
    job_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, equipment_id text NOT NULL,
    problem text NOT NULL CHECK (problem <> ''), opened_at timestamptz NOT NULL,
    opened_by text NOT NULL CHECK (opened_by <> ''), assigned_to text, assigned_at timestamptz, done_at timestamptz,
    done_by text, outcome text, row_version xid8 NOT NULL DEFAULT '0',
    CHECK ((assigned_to IS NULL) = (assigned_at IS NULL)),
    CHECK ((done_at IS NULL) = (done_by IS NULL) AND (done_at IS NULL) = (outcome IS NULL)));
CREATE UNIQUE INDEX repair_job_open ON registry.repair_job (equipment_id) WHERE done_at IS NULL;

DO $$
DECLARE feed text;
BEGIN
    FOREACH feed IN ARRAY ARRAY['equipment_status', 'repair_job']
    LOOP
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON registry.%I FOR EACH ROW '
                       'EXECUTE FUNCTION registry.stamp_version()', feed);
        EXECUTE format('CREATE TRIGGER tell AFTER INSERT OR UPDATE ON registry.%I FOR EACH STATEMENT '
                       'EXECUTE FUNCTION registry.tell_feed()', feed);
        EXECUTE format('CREATE INDEX %I ON registry.%I (row_version)', feed || '_row_version', feed);
    END LOOP;
END $$;

-- Columns are added at the end. Who set a status, and whom a repair names, is not shown: the feeds tell of no person.
CREATE OR REPLACE VIEW feed.equipment AS
    SELECT equipment_id, store_code, kind, storage_class, litres, reporting_mode, low_limit_c, high_limit_c,
           installed_on, retired_on, row_version, model, status, status_since, low_minutes, high_minutes
    FROM registry.equipment;
CREATE VIEW feed.equipment_status AS
    SELECT concat_ws('|', equipment_id, (since AT TIME ZONE 'UTC')::text) AS status_key, equipment_id, status, since,
           reason, row_version
    FROM registry.equipment_status;
CREATE VIEW feed.repair_job AS
    SELECT job_id, equipment_id, opened_at, assigned_at, done_at, row_version FROM registry.repair_job;

GRANT SELECT ON feed.equipment_status, feed.repair_job TO {etl_role};
GRANT SELECT, INSERT ON registry.equipment_status, registry.repair_job TO {app_role};
GRANT UPDATE (assigned_to, assigned_at, done_at, done_by, outcome) ON registry.repair_job TO {app_role};
GRANT SELECT (status, status_since, installed_on, retired_on) ON registry.equipment TO {app_role};
