-- Temperatures that people read off a device, or were told by telephone. Inputs: 0001, 0009, 0015.

-- Grain: reading; its temperature is in registry.temperature_reading under the same number. read_at is campaign time,
-- written_at wall time. caller: who read it or called, '' where it is who wrote it; note: what was said.
CREATE TABLE registry.hand_reading (
    reading_id bigint PRIMARY KEY, equipment_id text NOT NULL, read_at timestamptz NOT NULL, temp_c double precision NOT NULL,
    caller text NOT NULL DEFAULT '', note text NOT NULL DEFAULT '', written_by text NOT NULL CHECK (written_by <> ''),
    written_at timestamptz NOT NULL);

GRANT SELECT, INSERT ON registry.hand_reading TO {app_role};
