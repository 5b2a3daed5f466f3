-- What a published snapshot holds: aggregates only, no person and no key of a person. Schema `mart` of the warehouse,
-- copied table by table into the snapshot file. People and doses are whole numbers; days are local calendar days.

CREATE SCHEMA IF NOT EXISTS mart;

-- Grain: one row, this snapshot.
CREATE TABLE IF NOT EXISTS mart.snapshot_info (
    version BIGINT NOT NULL, content_hash VARCHAR NOT NULL, as_of TIMESTAMPTZ NOT NULL, published_at TIMESTAMPTZ NOT NULL,
    kind VARCHAR NOT NULL, title_vi VARCHAR NOT NULL, title_en VARCHAR NOT NULL, one_in INTEGER NOT NULL,
    is_demo BOOLEAN NOT NULL, denominator VARCHAR NOT NULL, first_day DATE, last_day DATE,
    has_boundaries BOOLEAN NOT NULL, note_vi VARCHAR NOT NULL, note_en VARCHAR NOT NULL);

-- Grain: area, besides 'central' and 'unknown' where the source has them.
CREATE TABLE IF NOT EXISTS mart.area (
    code VARCHAR NOT NULL, name_vi VARCHAR NOT NULL, name_en VARCHAR NOT NULL, region_vi VARCHAR NOT NULL,
    region_en VARCHAR NOT NULL, position INTEGER NOT NULL);

-- Grain: area x group x version of the denominator. Unit: people (divided by the sampling of a demonstration).
-- people is NULL where the version has no figure: no ratio then, never zero.
CREATE TABLE IF NOT EXISTS mart.population (
    area_code VARCHAR NOT NULL, population_group VARCHAR NOT NULL, version VARCHAR NOT NULL, people BIGINT,
    source VARCHAR NOT NULL, valid_from DATE NOT NULL);

-- Grain: target.
CREATE TABLE IF NOT EXISTS mart.target (
    target_id VARCHAR NOT NULL, population_group VARCHAR NOT NULL, ratio DOUBLE NOT NULL, due_on DATE NOT NULL,
    valid_from DATE NOT NULL);

-- Grain: residence area (or 'unknown') x group. Unit: distinct people. NULL: the source does not tell.
CREATE TABLE IF NOT EXISTS mart.people_by_area (
    area_code VARCHAR NOT NULL, population_group VARCHAR NOT NULL, dose1_people BIGINT, full_people BIGINT,
    boosted_people BIGINT);

-- Grain: residence area x group x day on which people reached the state. Unit: distinct people.
CREATE TABLE IF NOT EXISTS mart.people_by_day (
    area_code VARCHAR NOT NULL, population_group VARCHAR NOT NULL, day DATE NOT NULL, dose1_people BIGINT,
    full_people BIGINT, boosted_people BIGINT);

-- Grain: area of vaccination (or 'central', 'unknown') x day of injection x product ('' where not told). Unit: doses.
CREATE TABLE IF NOT EXISTS mart.doses_by_day (
    area_code VARCHAR NOT NULL, day DATE NOT NULL, product VARCHAR NOT NULL, doses BIGINT NOT NULL);

-- Grain: area of vaccination x day of recording x days between injection and recording, in buckets. Unit: doses.
CREATE TABLE IF NOT EXISTS mart.doses_by_recorded_day (
    area_code VARCHAR NOT NULL, day DATE NOT NULL, lag_bucket VARCHAR NOT NULL, doses BIGINT NOT NULL);

-- Grain: area x product. Unit: doses, full size. Levels may be negative: a data alert, not an error.
CREATE TABLE IF NOT EXISTS mart.stock_by_area (
    area_code VARCHAR NOT NULL, product VARCHAR NOT NULL, delivered BIGINT, administered BIGINT, wasted BIGINT,
    on_hand BIGINT);

-- Grain: area x state of the registration ('registered' only, where the source has one figure). Unit: people.
CREATE TABLE IF NOT EXISTS mart.registration_by_area (
    area_code VARCHAR NOT NULL, state VARCHAR NOT NULL, people BIGINT NOT NULL);

-- Grain: device. The clock is applied when read: silence is a matter of `last_read_at` and the reader's now.
CREATE TABLE IF NOT EXISTS mart.equipment_state (
    equipment_id VARCHAR NOT NULL, store_code VARCHAR NOT NULL, area_code VARCHAR NOT NULL, storage_class VARCHAR NOT NULL,
    reporting_mode VARCHAR NOT NULL, last_read_at TIMESTAMPTZ, temp_c DOUBLE, readings BIGINT NOT NULL,
    readings_outside BIGINT NOT NULL);

-- Grain: area: the last day it reported on. An area wholly absent from a file keeps its numbers and this date.
CREATE TABLE IF NOT EXISTS mart.area_report (area_code VARCHAR NOT NULL, last_report_on DATE);

-- Grain: named figure of the publisher shown beside ours, such as pending_doses. Never added to our own.
CREATE TABLE IF NOT EXISTS mart.publisher_figure (name VARCHAR NOT NULL, value BIGINT NOT NULL);

-- Grain: feed. Instants are wall time.
CREATE TABLE IF NOT EXISTS mart.feed_status (
    name VARCHAR NOT NULL, state VARCHAR NOT NULL, last_success TIMESTAMPTZ, lag_seconds DOUBLE, rows_in BIGINT NOT NULL,
    accepted BIGINT NOT NULL, quarantined BIGINT NOT NULL, message VARCHAR NOT NULL);

-- Grain: feed x field x reason. Unit: rows set aside, not counted anywhere else.
CREATE TABLE IF NOT EXISTS mart.quarantine (
    feed VARCHAR NOT NULL, field VARCHAR NOT NULL, reason VARCHAR NOT NULL, rows BIGINT NOT NULL);

-- Grain: one published figure changed by one publication.
CREATE TABLE IF NOT EXISTS mart.correction (
    publication VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_code VARCHAR NOT NULL, day DATE, kind VARCHAR NOT NULL,
    before BIGINT, after BIGINT);

-- Grain: equality that must hold to the unit.
CREATE TABLE IF NOT EXISTS mart.invariant (
    name VARCHAR NOT NULL, holds BOOLEAN NOT NULL, left_side BIGINT NOT NULL, right_side BIGINT NOT NULL,
    detail VARCHAR NOT NULL);
