-- Who is on duty, what is told to whom and whether it arrived, thresholds with their history, handover, planned work.
-- Inputs: 0009, 0016. Instants are wall time. Nothing here is deleted: what ends has an end.

-- Why an incident was closed, as whoever closed it says; '' of those that closed by themselves or before this migration.
ALTER TABLE operations.incident ADD COLUMN closing text NOT NULL DEFAULT ''
    CHECK (closing IN ('', 'handled', 'passed', 'false_alarm', 'planned'));

-- Grain: a post on duty for an area ('' the nation and everything), rules that begin with a name ('' all) and a level, from
-- an instant to another; hour_from to hour_to: local hours of each day within it, NULL around the clock. A post and its
-- telephone and address, no person.
CREATE TABLE operations.duty (
    duty_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, post text NOT NULL CHECK (post <> ''),
    area_code text NOT NULL, rule_prefix text NOT NULL, level integer NOT NULL CHECK (level BETWEEN 1 AND 3),
    phone text NOT NULL DEFAULT '', email text NOT NULL DEFAULT '', starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL, hour_from integer CHECK (hour_from BETWEEN 0 AND 23),
    hour_to integer CHECK (hour_to BETWEEN 0 AND 23), reason text NOT NULL CHECK (reason <> ''),
    set_by text NOT NULL CHECK (set_by <> ''), set_at timestamptz NOT NULL, ended_by text NOT NULL DEFAULT '',
    ended_at timestamptz, end_reason text NOT NULL DEFAULT '',
    CHECK (ends_at > starts_at), CHECK (phone <> '' OR email <> ''), CHECK ((hour_from IS NULL) = (hour_to IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_by = '')));

-- Grain: work that was planned, or a drill, in an area for rules that begin with a name; it ends by itself.
CREATE TABLE operations.planned_work (
    work_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('work', 'drill')),
    area_code text NOT NULL, rule_prefix text NOT NULL, starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    reason text NOT NULL CHECK (reason <> ''), set_by text NOT NULL CHECK (set_by <> ''), set_at timestamptz NOT NULL,
    ended_by text NOT NULL DEFAULT '', ended_at timestamptz, end_reason text NOT NULL DEFAULT '',
    CHECK (ends_at > starts_at), CHECK ((ended_at IS NULL) = (ended_by = '')));

-- Grain: one thing to tell one recipient: incident x kind x turn x level x channel x address. A turn begins when the
-- incident is news. Written with the incident, in one transaction; `key` goes along with every try, so that a repeat can be
-- known. acknowledged_at: the incident's own when it was made. subject and body: as first sent, kept as they were.
CREATE TABLE operations.notice (
    notice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE,
    incident_id bigint NOT NULL REFERENCES operations.incident,
    kind text NOT NULL CHECK (kind IN ('opened', 'reopened', 'escalated', 'over')), turn integer NOT NULL CHECK (turn > 0),
    level integer NOT NULL, channel text NOT NULL CHECK (channel <> ''), address text NOT NULL, why jsonb NOT NULL,
    drill boolean NOT NULL, state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
    reason text NOT NULL DEFAULT '', made_at timestamptz NOT NULL, due_at timestamptz NOT NULL,
    acknowledged_at timestamptz, attempts integer NOT NULL DEFAULT 0, next_at timestamptz NOT NULL, ended_at timestamptz,
    subject text NOT NULL DEFAULT '', body text NOT NULL DEFAULT '',
    UNIQUE (incident_id, kind, turn, level, channel, address));
CREATE INDEX notice_waiting ON operations.notice (channel, next_at) WHERE state = 'waiting';

-- Grain: one try to send a notice. outcome: sent, put_off (it is tried again) or failed (it is not).
CREATE TABLE operations.notice_attempt (
    attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, notice_id bigint NOT NULL REFERENCES operations.notice,
    at timestamptz NOT NULL, outcome text NOT NULL CHECK (outcome IN ('sent', 'put_off', 'failed')),
    reason text NOT NULL DEFAULT '');
CREATE INDEX notice_attempt_notice ON operations.notice_attempt (notice_id, attempt_id);

-- Grain: one change of one threshold of config.yaml. value NULL: config.yaml's own holds again. The newest row of a name is
-- the one in force; the others are its history.
CREATE TABLE operations.threshold (
    threshold_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, value double precision,
    before double precision NOT NULL, reason text NOT NULL CHECK (reason <> ''), set_by text NOT NULL CHECK (set_by <> ''),
    set_at timestamptz NOT NULL);
CREATE INDEX threshold_name ON operations.threshold (name, threshold_id DESC);

-- Grain: handover of a shift, of the nation ('') or a province. items: the incidents as the first saw them; watch: what that
-- person wrote. Only the second signature, by another account, or its withdrawal comes later.
CREATE TABLE operations.handover (
    handover_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, area_code text NOT NULL, items jsonb NOT NULL,
    watch text NOT NULL CHECK (watch <> ''), given_by text NOT NULL CHECK (given_by <> ''), given_at timestamptz NOT NULL,
    taken_by text NOT NULL DEFAULT '', taken_at timestamptz, withdrawn_at timestamptz,
    CHECK ((taken_by = '') = (taken_at IS NULL)), CHECK (taken_by <> given_by),
    CHECK (taken_at IS NULL OR withdrawn_at IS NULL));
CREATE UNIQUE INDEX handover_open ON operations.handover (area_code) WHERE taken_at IS NULL AND withdrawn_at IS NULL;

GRANT UPDATE (closing) ON operations.incident TO {app_role};
GRANT SELECT ON operations.duty, operations.planned_work, operations.threshold TO {etl_role}, {app_role};
GRANT INSERT ON operations.duty, operations.planned_work, operations.threshold TO {app_role};
GRANT UPDATE (ended_by, ended_at, end_reason) ON operations.duty, operations.planned_work TO {app_role};
GRANT SELECT, INSERT ON operations.handover TO {app_role};
GRANT UPDATE (taken_by, taken_at, withdrawn_at) ON operations.handover TO {app_role};
-- The evaluation says what is to be told, and takes back what is not true any more; whoever sends says what became of it.
GRANT SELECT, INSERT ON operations.notice TO {etl_role};
GRANT UPDATE (state, reason, due_at, next_at) ON operations.notice TO {etl_role};
GRANT SELECT ON operations.notice, operations.notice_attempt TO {app_role};
GRANT UPDATE (state, reason, attempts, next_at, ended_at, subject, body) ON operations.notice TO {app_role};
GRANT INSERT ON operations.notice_attempt TO {app_role};
