-- Mirrors of the registry's feed views, in their newest accepted version each.

CREATE TABLE IF NOT EXISTS core.dataset_fact (name VARCHAR NOT NULL, value VARCHAR NOT NULL, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.area (
    code VARCHAR NOT NULL, level VARCHAR NOT NULL, name_vi VARCHAR NOT NULL, name_en VARCHAR, parent_code VARCHAR,
    version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.site (
    code VARCHAR NOT NULL, kind VARCHAR NOT NULL, district_code VARCHAR, province_code VARCHAR, recipient_code VARCHAR,
    opened_on DATE NOT NULL, closed_on DATE, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.store (
    code VARCHAR NOT NULL, level VARCHAR NOT NULL, province_code VARCHAR, district_code VARCHAR, site_code VARCHAR,
    recipient_code VARCHAR, parent_code VARCHAR, capacity_litres DOUBLE, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.lot (
    lot_number VARCHAR NOT NULL, product_code VARCHAR NOT NULL, source VARCHAR NOT NULL, earmark VARCHAR,
    doses_received BIGINT NOT NULL, doses_per_vial SMALLINT NOT NULL, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.equipment (
    equipment_id VARCHAR NOT NULL, store_code VARCHAR NOT NULL, kind VARCHAR NOT NULL, storage_class VARCHAR NOT NULL,
    litres DOUBLE, reporting_mode VARCHAR NOT NULL, low_limit_c DOUBLE, high_limit_c DOUBLE, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.person (
    person_key VARCHAR NOT NULL, birth_year SMALLINT, sex VARCHAR, province_code VARCHAR, district_code VARCHAR,
    group_bits INTEGER NOT NULL, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.registration (
    registration_id BIGINT NOT NULL, person_key VARCHAR NOT NULL, state VARCHAR NOT NULL, province_code VARCHAR,
    channel VARCHAR NOT NULL, registered_at TIMESTAMPTZ NOT NULL, state_at TIMESTAMPTZ NOT NULL,
    deferral_reason VARCHAR, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.dose (
    dose_id BIGINT NOT NULL, person_key VARCHAR NOT NULL, product_code VARCHAR NOT NULL, dose_number SMALLINT,
    lot_number VARCHAR NOT NULL, site_code VARCHAR NOT NULL, injected_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL, identity_status VARCHAR NOT NULL, voided BOOLEAN NOT NULL, age_years SMALLINT,
    version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.stock_movement (
    movement_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    doses BIGINT NOT NULL, counted BIGINT, occurred_at TIMESTAMPTZ NOT NULL, recorded_at TIMESTAMPTZ NOT NULL,
    counterpart_code VARCHAR, cancels_id BIGINT, version BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS core.temperature_reading (
    reading_id BIGINT NOT NULL, equipment_id VARCHAR NOT NULL, read_at TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL, temp_c DOUBLE, power_on BOOLEAN, battery_ok BOOLEAN, probe_ok BOOLEAN,
    door_open BOOLEAN, version BIGINT NOT NULL);

-- Grain: person with at least one valid, not voided dose: where the series rules put them.
CREATE TABLE IF NOT EXISTS core.person_series (
    person_key VARCHAR NOT NULL, state TINYINT NOT NULL, first_on DATE NOT NULL, full_on DATE, boosted_on DATE,
    due_on DATE, valid_doses TINYINT NOT NULL, first_dose_id BIGINT NOT NULL, first_age_years SMALLINT);
