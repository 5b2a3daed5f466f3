-- Further feed views, and what named persons decide about the figures: repairs, releases, locks.
-- Inputs: 0001 to 0003. Adds only: an installation in use keeps its rows.

-- Grain: two identities found to be one person, or found not to be after all (undone).
CREATE VIEW feed.person_merge AS
    SELECT m.merge_id, substr(encode(sha256(s.key || int8send(m.kept_person_id)), 'hex'), 1, 32) AS kept_key,
           substr(encode(sha256(s.key || int8send(m.merged_person_id)), 'hex'), 1, 32) AS merged_key,
           m.merged_at, m.undone_at IS NOT NULL AS undone, m.row_version
    FROM registry.person_merge m CROSS JOIN registry.secret s;

-- Grain: event after vaccination, as reported.
CREATE VIEW feed.adverse_event AS
    SELECT e.event_id, substr(encode(sha256(s.key || int8send(e.person_id)), 'hex'), 1, 32) AS person_key,
           e.dose_id, e.site_code, e.lot_number, e.product_code, e.onset_at, e.recorded_at, e.serious, e.outcome,
           e.row_version
    FROM registry.adverse_event e CROSS JOIN registry.secret s;

-- Grain: session of a site. Unit: people planned, tables.
CREATE VIEW feed.session AS
    SELECT session_id, site_code, held_on, product_code, planned_people, tables, state, row_version
    FROM registry.session;

-- Grain: decision; who signed it stays in the registry.
CREATE VIEW feed.allocation_decision AS
    SELECT decision_id, number, round, decided_on, state, row_version FROM registry.allocation_decision;

-- Grain: decision x store x product x lot. Unit: doses, full size.
CREATE VIEW feed.allocation_line AS
    SELECT decision_id, store_code, product_code, lot_number, doses, planned_on, shipped_on, received_on,
           doses_received, row_version
    FROM registry.allocation_line;

CREATE VIEW feed.recipient AS SELECT code, name_vi, name_en, kind, row_version FROM registry.recipient;
CREATE VIEW feed.site_district AS
    SELECT site_code, district_code, from_on, until_on, row_version FROM registry.site_district;

GRANT SELECT ON feed.person_merge, feed.adverse_event, feed.session, feed.allocation_decision, feed.allocation_line,
    feed.recipient, feed.site_district TO {etl_role};

-- Grain: value that a person put in the place of a bad one of a record set aside. Open until the ETL has tried it.
CREATE TABLE operations.repair (
    repair_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, feed text NOT NULL, record_key text NOT NULL,
    field text NOT NULL, value text NOT NULL, reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''), made_at timestamptz NOT NULL, applied_at timestamptz,
    outcome text CHECK (outcome IN ('applied', 'still_bad', 'not_held')),
    CHECK ((applied_at IS NULL) = (outcome IS NULL)));
CREATE UNIQUE INDEX repair_open ON operations.repair (feed, record_key, field) WHERE applied_at IS NULL;

-- Grain: leave given by a person that one held reading of a feed may pass. `held`: what was held, as it was shown.
CREATE TABLE operations.feed_release (
    release_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, feed text NOT NULL, held text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''), actor text NOT NULL CHECK (actor <> ''),
    released_at timestamptz NOT NULL, consumed_at timestamptz);
CREATE UNIQUE INDEX feed_release_open ON operations.feed_release (feed) WHERE consumed_at IS NULL;

-- The figures as they were locked: cumulative doses and distinct people of the scope, by residence. NULL people: the
-- source does not tell. locked_through: campaign time up to which the day counted. Rows from before have none.
ALTER TABLE operations.figure_lock
    ADD COLUMN locked_through timestamptz, ADD COLUMN doses bigint, ADD COLUMN dose1_people bigint,
    ADD COLUMN full_people bigint, ADD COLUMN reason text NOT NULL DEFAULT '';

-- Snapshots that must be kept because a decision cites them. Numbers only: the log itself stays closed to the ETL.
CREATE INDEX action_log_cites ON operations.action_log ((detail -> 'snapshot_version'))
    WHERE jsonb_typeof(detail -> 'snapshot_version') = 'number';
CREATE VIEW operations.cited_version AS
    SELECT snapshot_version FROM operations.figure_lock
    UNION
    SELECT (detail -> 'snapshot_version')::bigint FROM operations.action_log
    WHERE jsonb_typeof(detail -> 'snapshot_version') = 'number';

GRANT SELECT ON operations.repair, operations.feed_release, operations.figure_lock, operations.cited_version
    TO {etl_role};
GRANT UPDATE (applied_at, outcome) ON operations.repair TO {etl_role};
GRANT UPDATE (consumed_at) ON operations.feed_release TO {etl_role};
