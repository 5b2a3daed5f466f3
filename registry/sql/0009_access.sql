-- Who may see and do what: accounts, roles, sessions, tries to sign in, and the audit chain. Inputs: 0001 to 0008.
-- {app_role} is the role that the web and the commands of named persons act as. Instants are wall time.

-- The first model had one role an account and no code that wrote it.
DROP TABLE operations.app_user;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{app_role}') THEN
        CREATE ROLE {app_role} LOGIN;
        -- Whoever migrates may then act as it, without being a superuser.
        GRANT {app_role} TO CURRENT_USER;
    END IF;
END $$;

-- Grain: account. password_hash: argon2id, as its library writes it; NULL: cannot sign in by a password.
CREATE TABLE operations.account (
    account_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
    display_name text NOT NULL CHECK (display_name <> ''), password_hash text,
    created_at timestamptz NOT NULL, created_by text NOT NULL, password_set_at timestamptz, disabled_at timestamptz);

-- Grain: one role given to one account, for the whole country or for a set of provinces. Never deleted: withdrawn.
-- The country is said outright, so that an emptied set of provinces is nothing and not everything.
CREATE TABLE operations.account_grant (
    grant_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES operations.account,
    role text NOT NULL CHECK (role IN ('viewer', 'operator', 'planner', 'approver', 'reporter', 'data_steward',
                                       'administrator', 'wall')),
    nationwide boolean NOT NULL, provinces text[] NOT NULL DEFAULT '{}', given_by text NOT NULL,
    given_at timestamptz NOT NULL, withdrawn_by text, withdrawn_at timestamptz,
    CHECK (nationwide = (provinces = '{}')), CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL)));
CREATE INDEX account_grant_held ON operations.account_grant (account_id) WHERE withdrawn_at IS NULL;

-- Grain: session of a browser. Of its token only the hash is here: reading this table signs nobody in.
CREATE TABLE operations.web_session (
    session_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    account_id bigint NOT NULL REFERENCES operations.account, began_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, ended_at timestamptz,
    end_reason text CHECK (end_reason IN ('signed_out', 'replaced', 'idle', 'expired', 'revoked')),
    address text NOT NULL, CHECK ((ended_at IS NULL) = (end_reason IS NULL)));
CREATE INDEX web_session_open ON operations.web_session (account_id) WHERE ended_at IS NULL;

-- Grain: one try to sign in, whether or not such an account exists. A try counts as failed from the moment it begins, so
-- that tries at the same moment at several workers cannot all go uncounted. Of the name typed only a hash: some people
-- type their password there. Kept for a day.
CREATE TABLE operations.sign_in_try (
    try_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, login_hash bytea NOT NULL, address text NOT NULL,
    tried_at timestamptz NOT NULL, outcome text NOT NULL CHECK (outcome IN ('failed', 'passed', 'refused', 'unlocked')));
CREATE INDEX sign_in_try_login ON operations.sign_in_try (login_hash, tried_at);
CREATE INDEX sign_in_try_address ON operations.sign_in_try (address, tried_at);

-- Grain: what one person did, saw or changed, or was refused. Each row holds the hash of the one before it and of itself.
-- audit_id has no gaps. row_hash = sha256(prev_hash || every other column as "<bytes>:<text>,", NULL as "-,"), instants
-- in UTC with six decimals; operations/audit.py computes the same without asking this database.
CREATE TABLE operations.audit (
    audit_id bigint PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL CHECK (actor <> ''),
    account_id bigint, action text NOT NULL CHECK (action <> ''), subject text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'refused')), origin text NOT NULL, request_id text NOT NULL DEFAULT '',
    detail jsonb NOT NULL DEFAULT '{}', prev_hash bytea NOT NULL, row_hash bytea NOT NULL);
CREATE INDEX audit_subject ON operations.audit (subject, audit_id);

-- Grain: one row, the chain's last link. Whoever appends holds it until the end of the transaction: no fork, no gap.
CREATE TABLE operations.audit_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), audit_id bigint NOT NULL, row_hash bytea NOT NULL);
INSERT INTO operations.audit_head (audit_id, row_hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION operations.audit_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN value IS NULL THEN '-,' ELSE octet_length(convert_to(value, 'UTF8')) || ':' || value || ',' END $$;

-- Runs with its owner's rights: the role that appends may not touch the head by itself.
CREATE FUNCTION operations.audit_append() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, operations, pg_temp AS $$
DECLARE last operations.audit_head;
BEGIN
    SELECT * INTO last FROM operations.audit_head FOR UPDATE;
    NEW.audit_id := last.audit_id + 1;
    NEW.at := clock_timestamp();
    NEW.prev_hash := last.row_hash;
    NEW.row_hash := sha256(last.row_hash || convert_to(
        operations.audit_field(NEW.audit_id::text)
        || operations.audit_field(to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || operations.audit_field(NEW.actor) || operations.audit_field(NEW.account_id::text)
        || operations.audit_field(NEW.action) || operations.audit_field(NEW.subject)
        || operations.audit_field(NEW.outcome) || operations.audit_field(NEW.origin)
        || operations.audit_field(NEW.request_id) || operations.audit_field(NEW.detail::text), 'UTF8'));
    UPDATE operations.audit_head SET audit_id = NEW.audit_id, row_hash = NEW.row_hash;
    RETURN NEW;
END $$;

CREATE FUNCTION operations.audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append BEFORE INSERT ON operations.audit FOR EACH ROW EXECUTE FUNCTION operations.audit_append();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON operations.audit FOR EACH ROW EXECUTE FUNCTION operations.audit_is_kept();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON operations.audit FOR EACH STATEMENT
    EXECUTE FUNCTION operations.audit_is_kept();
REVOKE ALL ON FUNCTION operations.audit_append() FROM PUBLIC;

-- Types of a feed's columns, for whoever may mend a record without reading one.
CREATE VIEW operations.feed_column AS
    SELECT c.relname::text AS feed, a.attname::text AS field, format_type(a.atttypid, NULL) AS kind
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'feed' AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'row_version';

GRANT USAGE ON SCHEMA operations TO {app_role};
GRANT SELECT ON operations.account, operations.account_grant, operations.web_session, operations.sign_in_try,
    operations.audit, operations.audit_head, operations.alert, operations.repair, operations.feed_release,
    operations.figure_lock, operations.feed_column, operations.cited_version TO {app_role};
GRANT INSERT ON operations.account, operations.account_grant, operations.web_session, operations.sign_in_try,
    operations.action_log, operations.repair, operations.feed_release, operations.figure_lock TO {app_role};
GRANT UPDATE (password_hash, password_set_at, disabled_at) ON operations.account TO {app_role};
GRANT UPDATE (withdrawn_by, withdrawn_at) ON operations.account_grant TO {app_role};
GRANT UPDATE (seen_at, ended_at, end_reason) ON operations.web_session TO {app_role};
GRANT UPDATE (outcome) ON operations.sign_in_try TO {app_role};
GRANT DELETE ON operations.sign_in_try, operations.web_session TO {app_role};
-- What the trigger computes nobody may bring along.
GRANT INSERT (actor, account_id, action, subject, outcome, origin, request_id, detail) ON operations.audit
    TO {app_role}, {etl_role};
