-- Files that temperature loggers write, as they came, and what devices counted by the day. Their readings go into
-- registry.temperature_reading beside those of live devices. Inputs: 0001, 0009. received_at is wall time; temperatures
-- are degrees Celsius. {app_role} gets rights here and on the columns named below, and on no other record.

-- Which logger hangs in it, and after how many minutes outside a limit the device itself raises its alarm.
ALTER TABLE registry.equipment ADD COLUMN IF NOT EXISTS serial text, ADD COLUMN IF NOT EXISTS low_minutes integer,
    ADD COLUMN IF NOT EXISTS high_minutes integer;
-- Not unique: records are kept as they were recorded. A serial of two devices is told and taken for neither.
CREATE INDEX IF NOT EXISTS equipment_serial ON registry.equipment (serial) WHERE serial IS NOT NULL;

-- Whether a device has told something of an instant already: asked for each row of a file.
CREATE INDEX temperature_reading_device ON registry.temperature_reading (equipment_id, read_at);

-- Grain: file as it came; the same bytes again are the same file. unknown_device: no equipment has this serial, the file
-- waits; unreadable: message says why. readings counts the rows of the file, not those that were new.
CREATE TABLE registry.logger_file (
    sha256 text PRIMARY KEY, content bytea NOT NULL, name text NOT NULL, serial text,
    received_at timestamptz NOT NULL, received_by text NOT NULL CHECK (received_by <> ''),
    outcome text NOT NULL CHECK (outcome IN ('imported', 'unknown_device', 'unreadable')), message text NOT NULL,
    readings integer NOT NULL DEFAULT 0, first_at timestamptz, last_at timestamptz,
    CHECK (sha256 = encode(pg_catalog.sha256(content), 'hex')), CHECK (serial IS NOT NULL OR outcome = 'unreadable'));
CREATE INDEX logger_file_waiting ON registry.logger_file (serial) WHERE outcome = 'unknown_device';

-- Grain: logger x local day, as the newest export tells it: created_at is when the device wrote it. Minutes outside are
-- the device's own count; alarm 00:00 goes on from the day before. NULL temperatures: its probe told none that day.
CREATE TABLE registry.logger_day (
    serial text NOT NULL, day date NOT NULL, min_c double precision, min_at timestamptz, max_c double precision,
    max_at timestamptz, mean_c double precision, low_minutes integer NOT NULL, low_alarm_at timestamptz,
    high_minutes integer NOT NULL, high_alarm_at timestamptz, sensor_timeout_minutes integer NOT NULL,
    created_at timestamptz NOT NULL, sha256 text NOT NULL REFERENCES registry.logger_file, PRIMARY KEY (serial, day));

GRANT USAGE ON SCHEMA registry TO {app_role};
GRANT SELECT, INSERT ON registry.logger_file, registry.logger_day TO {app_role};
GRANT UPDATE (serial, outcome, message, readings, first_at, last_at) ON registry.logger_file TO {app_role};
GRANT UPDATE ON registry.logger_day TO {app_role};
GRANT SELECT (equipment_id, store_code, serial, low_limit_c, high_limit_c, low_minutes, high_minutes),
    UPDATE (serial, low_limit_c, high_limit_c, low_minutes, high_minutes) ON registry.equipment TO {app_role};
GRANT SELECT (reading_id, equipment_id, read_at),
    INSERT (reading_id, equipment_id, read_at, received_at, temp_c, probe_ok) ON registry.temperature_reading TO {app_role};
GRANT SELECT (code, province_code) ON registry.store TO {app_role};
-- Of a demonstration: where its clock stands. What lies after the present is not taken in.
GRANT SELECT (name, value) ON registry.dataset_fact TO {app_role};
