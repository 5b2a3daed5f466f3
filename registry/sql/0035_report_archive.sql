-- Reports that are made by themselves or on request, kept in the archive, and sent. Inputs: 0004, 0009. asked_at, next_at, made_at,
-- released_at, set_at and at are wall time; as_of is campaign time. Rows are never deleted. Files: `state`/reports/<folder>.

-- Grain: one report of one area ('' the nation) in one language. key: in the Message-ID of its mails. schedule and day: which of
-- config.yaml's schedules, and the local day that it fell due; '' and NULL of one that a person asked for. days_from to days_to: what its
-- doses by day are of, NULL the usual. version: the snapshot asked for, NULL the newest. step: forms written so far, of `steps`. checks: what
-- failed when it was made, in both languages. sends: whether it goes to the lists once it is ready or released.
CREATE TABLE operations.report (
    report_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, schedule text NOT NULL DEFAULT '', day date,
    area_code text NOT NULL, language text NOT NULL CHECK (language IN ('vi', 'en')), parts text[] NOT NULL, forms text[] NOT NULL,
    days_from date, days_to date, version bigint, live boolean NOT NULL, sends boolean NOT NULL, roles text[] NOT NULL DEFAULT '{}',
    asked_by text NOT NULL CHECK (asked_by <> ''), asked_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'ready', 'held', 'released', 'withdrawn', 'failed')), reason text NOT NULL DEFAULT '',
    tries integer NOT NULL DEFAULT 0, next_at timestamptz NOT NULL, step integer NOT NULL DEFAULT 0, steps integer NOT NULL DEFAULT 0,
    snapshot bigint, content_hash text NOT NULL DEFAULT '', as_of timestamptz, locked_on date, checks jsonb NOT NULL DEFAULT '[]',
    folder text NOT NULL DEFAULT '', manifest_hash text NOT NULL DEFAULT '', made_at timestamptz,
    decided_by text NOT NULL DEFAULT '', decided_at timestamptz, decided_why text NOT NULL DEFAULT '',
    CHECK ((schedule = '') = (day IS NULL)), CHECK ((days_from IS NULL) = (days_to IS NULL)), CHECK (days_to >= days_from),
    CHECK ((decided_by = '') = (decided_at IS NULL)),
    CHECK (state IN ('waiting', 'failed', 'withdrawn') OR (folder <> '' AND snapshot IS NOT NULL AND made_at IS NOT NULL)),
    CHECK (state NOT IN ('released', 'withdrawn') OR decided_by <> ''));
-- Whoever plans it twice plans it once.
CREATE UNIQUE INDEX report_due ON operations.report (schedule, day, area_code, language) WHERE schedule <> '';
CREATE INDEX report_waiting ON operations.report (next_at) WHERE state = 'waiting';

-- Grain: an address on the list of a role for an area ('' the nation): it gets what schedules send to that role of exactly that area.
CREATE TABLE operations.report_recipient (
    recipient_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, role text NOT NULL CHECK (role <> ''), area_code text NOT NULL,
    language text NOT NULL CHECK (language IN ('vi', 'en')), address text NOT NULL CHECK (address <> ''),
    set_by text NOT NULL CHECK (set_by <> ''), set_at timestamptz NOT NULL, ended_by text NOT NULL DEFAULT '', ended_at timestamptz,
    CHECK ((ended_by = '') = (ended_at IS NULL)));
CREATE UNIQUE INDEX report_recipient_on ON operations.report_recipient (role, area_code, language, lower(address)) WHERE ended_at IS NULL;

-- Grain: report x address: written in the transaction that makes the report ready or releases it. key: the same at each try.
CREATE TABLE operations.report_mail (
    mail_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, report_id bigint NOT NULL REFERENCES operations.report,
    address text NOT NULL CHECK (address <> ''), key text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')), reason text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0, made_at timestamptz NOT NULL, next_at timestamptz NOT NULL, ended_at timestamptz);
CREATE UNIQUE INDEX report_mail_once ON operations.report_mail (report_id, lower(address));
CREATE INDEX report_mail_waiting ON operations.report_mail (next_at) WHERE state = 'waiting';

-- Grain: one try to send a mail. outcome: begun; then sent, put_off (it is tried again) or failed. A begun one that nothing follows was cut
-- off: whether the server took it is not known.
CREATE TABLE operations.report_mail_attempt (
    attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail_id bigint NOT NULL REFERENCES operations.report_mail,
    at timestamptz NOT NULL, outcome text NOT NULL CHECK (outcome IN ('begun', 'sent', 'put_off', 'failed')),
    reason text NOT NULL DEFAULT '');
CREATE INDEX report_mail_attempt_mail ON operations.report_mail_attempt (mail_id, attempt_id);

-- What is in the archive can be made again, to the byte, for as long as it is kept there.
CREATE OR REPLACE VIEW operations.cited_version AS
    SELECT snapshot_version FROM operations.figure_lock
    UNION
    SELECT (detail -> 'snapshot_version')::bigint FROM operations.action_log
    WHERE jsonb_typeof(detail -> 'snapshot_version') = 'number'
    UNION
    SELECT coalesce(snapshot, version) FROM operations.report
    WHERE state IN ('waiting', 'ready', 'held', 'released') AND coalesce(snapshot, version) IS NOT NULL;

GRANT SELECT, INSERT ON operations.report, operations.report_recipient, operations.report_mail, operations.report_mail_attempt TO {app_role};
GRANT UPDATE (state, reason, tries, next_at, step, steps, version, snapshot, content_hash, as_of, locked_on, checks, folder, manifest_hash,
    made_at, decided_by, decided_at, decided_why) ON operations.report TO {app_role};
GRANT UPDATE (ended_by, ended_at) ON operations.report_recipient TO {app_role};
GRANT UPDATE (state, reason, attempts, next_at, ended_at) ON operations.report_mail TO {app_role};
