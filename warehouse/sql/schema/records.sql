-- Mirrors of the registry's small feeds, in their newest accepted version each. People, doses and registrations are in
-- engine.sql.

CREATE TABLE IF NOT EXISTS core.dataset_fact (name VARCHAR NOT NULL, value VARCHAR NOT NULL, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.area (
    code VARCHAR NOT NULL, level VARCHAR NOT NULL, name_vi VARCHAR NOT NULL, name_en VARCHAR, parent_code VARCHAR,
    version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.site (
    code VARCHAR NOT NULL, kind VARCHAR NOT NULL, district_code VARCHAR, province_code VARCHAR, recipient_code VARCHAR,
    opened_on DATE NOT NULL, closed_on DATE, version BIGINT NOT NULL);

-- Grain: session of a site, of the last days (setting) and of days to come; older ones are let go (warehouse/sessions.py).
CREATE TABLE IF NOT EXISTS core.session (
    session_id BIGINT NOT NULL, site_code VARCHAR NOT NULL, held_on DATE NOT NULL, product_code VARCHAR,
    planned_people INTEGER NOT NULL, tables SMALLINT, state VARCHAR NOT NULL, version BIGINT NOT NULL);

-- Grain: site that ever entered a dose: when it entered its newest one. Carried on by each refresh, never recounted: facts
-- keep the day of entry, not the instant.
CREATE TABLE IF NOT EXISTS core.site_record (site_code VARCHAR NOT NULL, last_recorded_at TIMESTAMPTZ NOT NULL);

CREATE TABLE IF NOT EXISTS core.store (
    code VARCHAR NOT NULL, level VARCHAR NOT NULL, province_code VARCHAR, district_code VARCHAR, site_code VARCHAR,
    recipient_code VARCHAR, parent_code VARCHAR, capacity_litres DOUBLE, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.lot (
    lot_number VARCHAR NOT NULL, product_code VARCHAR NOT NULL, source VARCHAR NOT NULL, earmark VARCHAR,
    doses_received BIGINT NOT NULL, doses_per_vial SMALLINT NOT NULL, vials_per_tray SMALLINT, manufactured_on DATE,
    version BIGINT NOT NULL);

-- Grain: lot x day from which an expiry is in force x kind (label, extension). The newest one in force counts.
CREATE TABLE IF NOT EXISTS core.lot_expiry (
    expiry_key VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, expires_on DATE NOT NULL, kind VARCHAR NOT NULL,
    condition VARCHAR, decision VARCHAR, valid_from DATE NOT NULL, version BIGINT NOT NULL);

-- Grain: lot x instant from which it is in a state. The newest that has begun is in force. state_key: both in one text.
CREATE TABLE IF NOT EXISTS core.lot_state (
    state_key VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, state VARCHAR NOT NULL, valid_from TIMESTAMPTZ NOT NULL,
    reason VARCHAR, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.equipment (
    equipment_id VARCHAR NOT NULL, store_code VARCHAR NOT NULL, kind VARCHAR NOT NULL, storage_class VARCHAR NOT NULL,
    litres DOUBLE, reporting_mode VARCHAR NOT NULL, low_limit_c DOUBLE, high_limit_c DOUBLE, model VARCHAR,
    installed_on DATE, retired_on DATE, status VARCHAR, status_since TIMESTAMPTZ, low_minutes INTEGER,
    high_minutes INTEGER, holdover_hours DOUBLE, version BIGINT NOT NULL);

-- Grain: device x instant from which a named person says that it is so. status_key: both in one text.
CREATE TABLE IF NOT EXISTS core.equipment_status (
    status_key VARCHAR NOT NULL, equipment_id VARCHAR NOT NULL, status VARCHAR NOT NULL, since TIMESTAMPTZ NOT NULL,
    reason VARCHAR, version BIGINT NOT NULL);

-- Grain: repair of one device; open until done_at.
CREATE TABLE IF NOT EXISTS core.repair_job (
    job_id BIGINT NOT NULL, equipment_id VARCHAR NOT NULL, opened_at TIMESTAMPTZ NOT NULL, assigned_at TIMESTAMPTZ,
    done_at TIMESTAMPTZ, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.stock_movement (
    movement_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    doses BIGINT NOT NULL, counted BIGINT, occurred_at TIMESTAMPTZ NOT NULL, recorded_at TIMESTAMPTZ NOT NULL,
    counterpart_code VARCHAR, reason VARCHAR, cancels_id BIGINT, decision_id BIGINT, thawed_on DATE,
    version BIGINT NOT NULL);

-- Unit: pieces. batch: '' where the item is kept without one.
CREATE TABLE IF NOT EXISTS core.supply_movement (
    movement_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, item_code VARCHAR NOT NULL, batch VARCHAR, kind VARCHAR NOT NULL,
    pieces BIGINT NOT NULL, counted BIGINT, occurred_at TIMESTAMPTZ NOT NULL, recorded_at TIMESTAMPTZ NOT NULL,
    counterpart_code VARCHAR, cancels_id BIGINT, reason VARCHAR, version BIGINT NOT NULL);

-- Grain: store x lot x instant: the worst stage seen on its vials. doses: how many are at it, NULL: all that are there.
CREATE TABLE IF NOT EXISTS core.vial_reading (
    reading_key VARCHAR NOT NULL, store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, stage SMALLINT NOT NULL,
    doses BIGINT, read_at TIMESTAMPTZ NOT NULL, occasion VARCHAR NOT NULL, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.temperature_reading (
    reading_id BIGINT NOT NULL, equipment_id VARCHAR NOT NULL, read_at TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL, temp_c DOUBLE, power_on BOOLEAN, battery_ok BOOLEAN, probe_ok BOOLEAN,
    door_open BOOLEAN, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.person_merge (
    merge_id BIGINT NOT NULL, kept_key VARCHAR NOT NULL, merged_key VARCHAR NOT NULL, merged_at TIMESTAMPTZ NOT NULL,
    undone BOOLEAN NOT NULL, version BIGINT NOT NULL);

-- count_key: area, day, measure and age group in one text, since a record needs one key.
CREATE TABLE IF NOT EXISTS core.declared_count (
    count_key VARCHAR NOT NULL, area_code VARCHAR NOT NULL, counted_on DATE NOT NULL, measure VARCHAR NOT NULL,
    age_group VARCHAR NOT NULL, value BIGINT NOT NULL, declared_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.adverse_event (
    event_id BIGINT NOT NULL, person_key VARCHAR, dose_id BIGINT, site_code VARCHAR, lot_number VARCHAR,
    product_code VARCHAR, onset_at TIMESTAMPTZ, recorded_at TIMESTAMPTZ NOT NULL, serious BOOLEAN NOT NULL,
    outcome VARCHAR, version BIGINT NOT NULL);

-- Grain: device with a reading that is kept. readings_outside: beyond the device's limits, which are themselves inside.
CREATE TABLE IF NOT EXISTS core.device_level (
    equipment_id VARCHAR NOT NULL, last_read_at TIMESTAMPTZ NOT NULL, temp_c DOUBLE, readings BIGINT NOT NULL,
    readings_outside BIGINT NOT NULL);

-- Grain: decision on allocation (đợt). state: what the registry says of it; only 'withdrawn' is gone by, the rest follows from
-- the ledger. source, earmark: whose doses and for whom, where the decision says so.
CREATE TABLE IF NOT EXISTS core.allocation_decision (
    decision_id BIGINT NOT NULL, number VARCHAR NOT NULL, round SMALLINT, decided_on DATE NOT NULL, signed_by VARCHAR,
    state VARCHAR NOT NULL, source VARCHAR, earmark VARCHAR, version BIGINT NOT NULL);

-- Grain: decision x store x product x lot ('' where the decision names none). Unit: doses, full size. planned_on: when it is
-- expected; shipped_on, received_on, doses_received: what the registry states beside the ledger.
CREATE TABLE IF NOT EXISTS core.allocation_line (
    line_key VARCHAR NOT NULL, decision_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, product_code VARCHAR NOT NULL,
    lot_number VARCHAR NOT NULL, doses BIGINT NOT NULL, planned_on DATE, shipped_on DATE, received_on DATE,
    doses_received BIGINT, version BIGINT NOT NULL);

-- Grain: field of a decision or of a line of it that was changed after it was stated: its versions. Append-only.
CREATE TABLE IF NOT EXISTS core.allocation_change (
    change_id BIGINT NOT NULL, decision_id BIGINT NOT NULL, store_code VARCHAR, product_code VARCHAR, lot_number VARCHAR,
    field VARCHAR NOT NULL, before VARCHAR, after VARCHAR, changed_at TIMESTAMPTZ NOT NULL, version BIGINT NOT NULL);

-- Grain: line of a decision about an excursion: one lot that was inside a device from started_at until until_at. kind: hold, use,
-- discard. usable_until: the last day of use that `use` sets; NULL: that of the lot. Append-only: a later decision corrects.
CREATE TABLE IF NOT EXISTS core.excursion_line (
    line_id BIGINT NOT NULL, decision_id BIGINT NOT NULL, equipment_id VARCHAR NOT NULL, store_code VARCHAR NOT NULL,
    lot_number VARCHAR NOT NULL, kind VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL, until_at TIMESTAMPTZ NOT NULL,
    usable_until DATE, actor VARCHAR, decided_at TIMESTAMPTZ, version BIGINT NOT NULL);
