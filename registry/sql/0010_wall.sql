-- Screens that only look: a token each, exchanged once into the session of a browser. Inputs: 0009. Wall time.

-- Grain: token of one account that holds the role `wall`. Of the token only the hash is here; withdrawn, never deleted.
CREATE TABLE operations.wall_token (
    wall_token_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    account_id bigint NOT NULL REFERENCES operations.account, made_by text NOT NULL, made_at timestamptz NOT NULL,
    used_at timestamptz, withdrawn_by text, withdrawn_at timestamptz,
    CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL)));
CREATE UNIQUE INDEX wall_token_held ON operations.wall_token (account_id) WHERE withdrawn_at IS NULL;

GRANT SELECT, INSERT ON operations.wall_token TO {app_role};
GRANT UPDATE (used_at, withdrawn_by, withdrawn_at) ON operations.wall_token TO {app_role};
