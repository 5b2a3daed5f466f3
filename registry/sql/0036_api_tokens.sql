-- Machines that read figures by /api/v1, each with a token. Inputs: 0001, 0009. All instants are wall time.

-- Grain: token of one reader. Of the token only the hash is here; withdrawn, never deleted. nationwide, provinces: what it may see,
-- as of a role (operations.account_grant). expires_at: it opens nothing from then on. asked: questions that came in the minute that
-- began at `minute`, in all workers together.
CREATE TABLE operations.api_token (
    api_token_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reader text NOT NULL CHECK (reader ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32), nationwide boolean NOT NULL, provinces text[] NOT NULL,
    made_by text NOT NULL, made_at timestamptz NOT NULL, expires_at timestamptz NOT NULL CHECK (expires_at > made_at),
    used_at timestamptz, minute timestamptz, asked integer NOT NULL DEFAULT 0, withdrawn_by text, withdrawn_at timestamptz,
    CHECK (nationwide = (provinces = '{}')), CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL)));
CREATE UNIQUE INDEX api_token_held ON operations.api_token (reader) WHERE withdrawn_at IS NULL;

GRANT SELECT, INSERT ON operations.api_token TO {app_role};
GRANT UPDATE (used_at, minute, asked, withdrawn_by, withdrawn_at) ON operations.api_token TO {app_role};
