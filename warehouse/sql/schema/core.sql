-- Facts as the feeds sent them, checked. No primary keys and no indexes: an ART index rewrote 440 MB at each checkpoint.
-- Persons are keyed hashes. `version` is the registry's transaction id of the row: the newest version of an id wins.

CREATE SCHEMA IF NOT EXISTS core;

-- Grain: one row: how these tables are laid out. Another number: the file is set aside and read again from the sources.
CREATE TABLE IF NOT EXISTS core.layout (number INTEGER NOT NULL);
INSERT INTO core.layout SELECT 11 WHERE NOT EXISTS (FROM core.layout);

-- Grain: feed. Instants are wall time. Counts are since the feed began. watermark: the source's own position.
CREATE TABLE IF NOT EXISTS core.feed_state (
    name VARCHAR NOT NULL, state VARCHAR NOT NULL, watermark VARCHAR NOT NULL, last_success TIMESTAMPTZ,
    last_attempt TIMESTAMPTZ, rows_in BIGINT NOT NULL, accepted BIGINT NOT NULL, quarantined BIGINT NOT NULL,
    message VARCHAR NOT NULL, rows_last BIGINT, next_try TIMESTAMPTZ);

-- Grain: reading of a record feed that was taken in: its shape, a few counts without a record. read_at: campaign time.
CREATE TABLE IF NOT EXISTS core.feed_shape (feed VARCHAR NOT NULL, read_at TIMESTAMPTZ NOT NULL, shape VARCHAR NOT NULL);

-- Grain: record set aside, in its newest bad version. A good version of the same record takes it out again.
CREATE TABLE IF NOT EXISTS core.quarantine (
    feed VARCHAR NOT NULL, record_key VARCHAR NOT NULL, version BIGINT NOT NULL, source VARCHAR NOT NULL, line BIGINT,
    field VARCHAR NOT NULL, reason VARCHAR NOT NULL, value VARCHAR, expected VARCHAR NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL, row_json VARCHAR NOT NULL);

-- Grain: record set aside by one version of it. The audit: a row is never changed but for freed_at, when a good version
-- of the record came. Kept for etl.audit_days after that.
CREATE TABLE IF NOT EXISTS core.quarantine_event (
    feed VARCHAR NOT NULL, record_key VARCHAR NOT NULL, version BIGINT NOT NULL, field VARCHAR NOT NULL,
    reason VARCHAR NOT NULL, set_at TIMESTAMPTZ NOT NULL, freed_at TIMESTAMPTZ);

-- Grain: one published figure changed afterwards, by publication (a file's folder, or the number of a refresh).
CREATE TABLE IF NOT EXISTS core.correction (
    publication VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_code VARCHAR NOT NULL, day DATE, kind VARCHAR NOT NULL,
    before BIGINT, after BIGINT);
