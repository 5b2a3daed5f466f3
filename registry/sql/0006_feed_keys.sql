-- A registration carries the age in whole years on the day it was made, computed here where the birthday is; a declared
-- count carries one key. Columns are only added at the end, so that whoever reads the views by name goes on.
CREATE OR REPLACE VIEW feed.registration AS
    SELECT r.registration_id, substr(encode(sha256(s.key || int8send(r.person_id)), 'hex'), 1, 32) AS person_key,
           r.state, r.province_code, r.channel, r.registered_at, r.state_at, r.deferral_reason, r.row_version,
           date_part('year', age((r.registered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, p.birth_date))::smallint
               AS age_years
    FROM registry.registration r CROSS JOIN registry.secret s LEFT JOIN registry.person p USING (person_id);

CREATE OR REPLACE VIEW feed.declared_count AS
    SELECT area_code, counted_on, measure, age_group, value, declared_at, row_version,
           concat_ws('|', area_code, counted_on::text, measure, age_group) AS count_key
    FROM registry.declared_count;

CREATE INDEX registration_person ON registry.registration (person_id);

-- A corrected birthday changes the ages of that person's doses and registrations: both are sent again.
CREATE OR REPLACE FUNCTION registry.resend_doses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE registry.dose SET updated_at = now() WHERE person_id = NEW.person_id;
    UPDATE registry.registration SET state_at = state_at WHERE person_id = NEW.person_id;
    RETURN NULL;
END $$;
