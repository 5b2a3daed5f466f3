-- The age in whole years on the day of a dose or a registration is kept with the record, written where the person's row is
-- at hand. Looked up when the feed is read, it cost ten times as much as all the rest of the reading, and more the more
-- people are registered. A record from before has none and is looked up as it was.
-- Inputs: 0001, 0003, 0006. Columns and views keep their names, types and order.

ALTER TABLE registry.dose ADD COLUMN age_years smallint;
ALTER TABLE registry.registration ADD COLUMN age_years smallint;

CREATE FUNCTION registry.age_at(birth_date date, at timestamptz) RETURNS smallint LANGUAGE sql IMMUTABLE AS
$$ SELECT date_part('year', age((at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, birth_date))::smallint $$;

-- The lock lets a correction of the birthday and a new record of the same person follow one another: whichever comes
-- second sees the first, so that no record keeps the age of a birthday that was wrong.
CREATE FUNCTION registry.keep_age() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE birth date;
BEGIN
    SELECT p.birth_date INTO birth FROM registry.person p WHERE p.person_id = NEW.person_id FOR SHARE;
    IF TG_TABLE_NAME = 'dose' THEN
        NEW.age_years := registry.age_at(birth, NEW.injected_at);
    ELSE
        NEW.age_years := registry.age_at(birth, NEW.registered_at);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER age BEFORE INSERT OR UPDATE ON registry.dose FOR EACH ROW EXECUTE FUNCTION registry.keep_age();
CREATE TRIGGER age BEFORE INSERT OR UPDATE ON registry.registration FOR EACH ROW EXECUTE FUNCTION registry.keep_age();

CREATE OR REPLACE VIEW feed.dose AS
    SELECT d.dose_id, substr(encode(sha256(s.key || int8send(d.person_id)), 'hex'), 1, 32) AS person_key,
           d.product_code, d.dose_number, d.lot_number, d.site_code, d.injected_at, d.recorded_at, d.identity_status,
           d.voided_at IS NOT NULL AS voided,
           coalesce(d.age_years, (SELECT registry.age_at(p.birth_date, d.injected_at) FROM registry.person p
                                  WHERE p.person_id = d.person_id)) AS age_years,
           d.row_version
    FROM registry.dose d CROSS JOIN registry.secret s;

CREATE OR REPLACE VIEW feed.registration AS
    SELECT r.registration_id, substr(encode(sha256(s.key || int8send(r.person_id)), 'hex'), 1, 32) AS person_key,
           r.state, r.province_code, r.channel, r.registered_at, r.state_at, r.deferral_reason, r.row_version,
           coalesce(r.age_years, (SELECT registry.age_at(p.birth_date, r.registered_at) FROM registry.person p
                                  WHERE p.person_id = r.person_id)) AS age_years
    FROM registry.registration r CROSS JOIN registry.secret s;
