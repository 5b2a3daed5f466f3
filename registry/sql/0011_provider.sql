-- Accounts that are signed in by a provider of OpenID Connect, and sign-ins that are under way there. Inputs: 0009.

-- A provider's name for a person, beside the account: both or none, and of no two accounts. Given by an administrator.
ALTER TABLE operations.account
    ADD COLUMN provider_issuer text CHECK (provider_issuer <> ''),
    ADD COLUMN provider_subject text CHECK (provider_subject <> ''),
    ADD CHECK ((provider_issuer IS NULL) = (provider_subject IS NULL)),
    ADD UNIQUE (provider_issuer, provider_subject);
GRANT UPDATE (provider_issuer, provider_subject) ON operations.account TO {app_role};

-- Grain: a browser that was sent to the provider and is not back. The secret lies in that browser; of it only the hash is
-- here, and what was sent along (state, nonce, verifier) is derived from the secret: reading this table ends no sign-in.
-- Deleted by the first who comes back with it. next_path: where to go afterwards. Wall time.
CREATE TABLE operations.provider_sign_in (
    secret_hash bytea PRIMARY KEY CHECK (length(secret_hash) = 32), next_path text NOT NULL,
    began_at timestamptz NOT NULL, expires_at timestamptz NOT NULL);
CREATE INDEX provider_sign_in_expiry ON operations.provider_sign_in (expires_at);
GRANT SELECT, INSERT, DELETE ON operations.provider_sign_in TO {app_role};
