-- Incidents: what people work on, made of the alerts of one group. Inputs: 0002, 0009. Instants are wall time.

-- Grain: incident. Its identity is `key`: the rule and the labels of the group; one open row a key. What fires sets
-- severity, members, over_at (no member fires; NULL: it goes on) and level; people set the rest, and both may close.
-- members: things that fired in it so far; members_known of them when it was acknowledged. waiting_since: from when the
-- next level is counted. The rules: campaign/incidents.py and campaign/incident_acts.py.
CREATE TABLE operations.incident (
    incident_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, rule text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')), labels jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('new', 'acknowledged', 'in_progress', 'closed')),
    members integer NOT NULL CHECK (members > 0), level integer NOT NULL DEFAULT 1 CHECK (level >= 1),
    opened_at timestamptz NOT NULL, over_at timestamptz, waiting_since timestamptz NOT NULL, escalated_at timestamptz,
    owner text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '', members_known integer,
    acknowledged_at timestamptz, acknowledged_by text NOT NULL DEFAULT '', snoozed_until timestamptz,
    closed_at timestamptz, closed_by text NOT NULL DEFAULT '',
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)), CHECK (state <> 'closed' OR over_at IS NOT NULL),
    CHECK (state NOT IN ('acknowledged', 'in_progress') OR (acknowledged_at IS NOT NULL AND owner <> '')));
CREATE UNIQUE INDEX incident_open ON operations.incident (key) WHERE state <> 'closed';
CREATE INDEX incident_closed ON operations.incident (closed_at) WHERE state = 'closed';

-- Grain: one change of one incident, never changed or taken back. actor '': it happened by itself. detail: values that go
-- with it, such as the level reached or until when it is put off.
CREATE TABLE operations.incident_event (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, incident_id bigint NOT NULL REFERENCES operations.incident,
    at timestamptz NOT NULL, kind text NOT NULL CHECK (kind <> ''), actor text NOT NULL DEFAULT '',
    said text NOT NULL DEFAULT '', detail jsonb NOT NULL DEFAULT '{}');
CREATE INDEX incident_event_incident ON operations.incident_event (incident_id, event_id);

-- NULL while it is pending.
ALTER TABLE operations.alert ADD COLUMN incident_id bigint REFERENCES operations.incident;
CREATE INDEX alert_incident ON operations.alert (incident_id) WHERE incident_id IS NOT NULL;

-- Neither hand can write what the other decides.
GRANT SELECT, INSERT ON operations.incident TO {etl_role};
GRANT UPDATE (state, severity, members, level, over_at, waiting_since, escalated_at, snoozed_until, closed_at)
    ON operations.incident TO {etl_role};
GRANT INSERT ON operations.incident_event TO {etl_role};
GRANT SELECT ON operations.incident, operations.incident_event TO {app_role};
GRANT UPDATE (state, owner, comment, members_known, acknowledged_at, acknowledged_by, snoozed_until, closed_at, closed_by)
    ON operations.incident TO {app_role};
GRANT INSERT ON operations.incident_event TO {app_role};
