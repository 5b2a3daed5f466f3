-- Machines that send equipment monitoring messages, and what became of each message. Inputs: 0001, 0009, 0015. Instants are
-- wall time, but for those of readings. {app_role} gets rights here and on the columns named below, and on no other record.

-- Grain: token of one sender. Of the token only the hash is here; withdrawn, never deleted. asked: messages that came in
-- the minute that began at `minute`, in all workers together.
CREATE TABLE operations.sender_token (
    sender_token_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender text NOT NULL CHECK (sender ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32), made_by text NOT NULL, made_at timestamptz NOT NULL,
    used_at timestamptz, minute timestamptz, asked integer NOT NULL DEFAULT 0, withdrawn_by text, withdrawn_at timestamptz,
    CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL)));
CREATE UNIQUE INDEX sender_token_held ON operations.sender_token (sender) WHERE withdrawn_at IS NULL;

-- Grain: message of a sender by its own number. sha256 is of its values, whatever their order, spaces and packing. answer:
-- what it was answered, so that it is answered the same again. Its readings are in registry.temperature_reading.
CREATE TABLE registry.ems_message (
    sender text NOT NULL, transfer_id text NOT NULL, sha256 text NOT NULL, kind text NOT NULL CHECK (kind IN ('ems', 'rtm')),
    source text NOT NULL, transferred_at timestamptz NOT NULL, received_at timestamptz NOT NULL, answer jsonb NOT NULL,
    PRIMARY KEY (sender, transfer_id));

-- Grain: report of a message that was not taken in, or the part of it that was not; position is its place in the message.
-- unknown_device: no equipment has any of the serials, it waits; several_devices: more than one has; clock: records before
-- the campaign or after the present. told is the report as it came, of a clock with the records concerned alone.
CREATE TABLE registry.ems_kept (
    sender text NOT NULL, transfer_id text NOT NULL, position integer NOT NULL,
    why text NOT NULL CHECK (why IN ('unknown_device', 'several_devices', 'clock')), serials text[] NOT NULL,
    records integer NOT NULL CHECK (records > 0), told jsonb NOT NULL, kept_at timestamptz NOT NULL, settled_at timestamptz,
    PRIMARY KEY (sender, transfer_id, position, why),
    FOREIGN KEY (sender, transfer_id) REFERENCES registry.ems_message);
CREATE INDEX ems_kept_waiting ON registry.ems_kept USING gin (serials) WHERE settled_at IS NULL;

GRANT SELECT, INSERT ON operations.sender_token, registry.ems_message, registry.ems_kept TO {app_role};
GRANT UPDATE (used_at, minute, asked, withdrawn_by, withdrawn_at) ON operations.sender_token TO {app_role};
GRANT UPDATE (settled_at) ON registry.ems_kept TO {app_role};
GRANT SELECT (storage_class) ON registry.equipment TO {app_role};
GRANT INSERT (power_on, battery_ok, door_open) ON registry.temperature_reading TO {app_role};
