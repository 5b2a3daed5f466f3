-- The only door to the records: pseudonymised views. A person is a keyed hash; of the birthday only the year, and the
-- age in whole years at injection, computed here because a year of birth cannot tell 17 from 18. No name, birthday,
-- phone or number. A view reads with its owner's rights, so its reader needs none on the tables behind it.

CREATE SCHEMA feed;

CREATE VIEW feed.dataset_fact AS SELECT name, value, row_version FROM registry.dataset_fact;
CREATE VIEW feed.area AS SELECT code, level, name_vi, name_en, parent_code, lon, lat, row_version FROM registry.area;
CREATE VIEW feed.site AS
    SELECT code, name_vi, kind, commune_code, district_code, province_code, recipient_code, lon, lat, opened_on,
           closed_on, row_version
    FROM registry.site;
CREATE VIEW feed.store AS
    SELECT code, name_vi, level, province_code, district_code, site_code, recipient_code, parent_code,
           capacity_litres, row_version
    FROM registry.store;

CREATE VIEW feed.person AS
    SELECT substr(encode(sha256(s.key || int8send(p.person_id)), 'hex'), 1, 32) AS person_key,
           date_part('year', p.birth_date)::smallint AS birth_year, p.sex::text AS sex,
           p.province_code, p.district_code,
           (SELECT coalesce(sum(DISTINCT 1 << g), 0) FROM unnest(p.priority_groups) AS g)::integer AS group_bits,
           p.row_version
    FROM registry.person p CROSS JOIN registry.secret s;

CREATE VIEW feed.registration AS
    SELECT r.registration_id, substr(encode(sha256(s.key || int8send(r.person_id)), 'hex'), 1, 32) AS person_key,
           r.state, r.province_code, r.channel, r.registered_at, r.state_at, r.deferral_reason, r.row_version
    FROM registry.registration r CROSS JOIN registry.secret s;

CREATE VIEW feed.dose AS
    SELECT d.dose_id, substr(encode(sha256(s.key || int8send(d.person_id)), 'hex'), 1, 32) AS person_key,
           d.product_code, d.dose_number, d.lot_number, d.site_code, d.injected_at, d.recorded_at, d.identity_status,
           d.voided_at IS NOT NULL AS voided,
           date_part('year', age((d.injected_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, p.birth_date))::smallint
               AS age_years,
           d.row_version
    FROM registry.dose d CROSS JOIN registry.secret s LEFT JOIN registry.person p USING (person_id);

CREATE VIEW feed.lot AS
    SELECT l.lot_number, l.product_code, l.source, l.earmark, l.doses_received, l.doses_per_vial, l.row_version
    FROM registry.lot l;
CREATE VIEW feed.lot_expiry AS
    SELECT lot_number, expires_on, kind, valid_from, row_version FROM registry.lot_expiry;
CREATE VIEW feed.lot_state AS SELECT lot_number, state, valid_from, row_version FROM registry.lot_state;
CREATE VIEW feed.stock_movement AS
    SELECT movement_id, store_code, lot_number, kind, doses, counted, occurred_at, recorded_at, counterpart_code,
           cancels_id, row_version
    FROM registry.stock_movement;
CREATE VIEW feed.equipment AS
    SELECT equipment_id, store_code, kind, storage_class, litres, reporting_mode, low_limit_c, high_limit_c,
           installed_on, retired_on, row_version
    FROM registry.equipment;
CREATE VIEW feed.temperature_reading AS
    SELECT reading_id, equipment_id, read_at, received_at, temp_c, power_on, battery_ok, probe_ok, door_open,
           row_version
    FROM registry.temperature_reading;
CREATE VIEW feed.declared_count AS
    SELECT area_code, counted_on, measure, age_group, value, declared_at, row_version FROM registry.declared_count;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{etl_role}') THEN
        CREATE ROLE {etl_role} LOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA feed, operations TO {etl_role};
GRANT SELECT ON ALL TABLES IN SCHEMA feed TO {etl_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON operations.alert TO {etl_role};
GRANT INSERT ON operations.action_log TO {etl_role};
