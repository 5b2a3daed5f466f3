-- Requests to make a plan of reallocation, and what the planner's process answered. Inputs: 0031. asked_at, begun_at, answered_at and
-- judged_at are wall time; campaign_at is campaign time. Every table here is appended to and never changed.

-- Grain: request. policy, days: the planner's question (config.yaml, plan); inside: a province's code, '' for the nation.
CREATE TABLE operations.plan_request (
    request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL CHECK (title <> ''),
    policy text NOT NULL CHECK (policy <> ''), days integer NOT NULL CHECK (days BETWEEN 1 AND 60), inside text NOT NULL,
    actor text NOT NULL CHECK (actor <> ''), asked_at timestamptz NOT NULL, campaign_at timestamptz NOT NULL);

-- Grain: request x time that the process began with it: once more where it was killed over it, and then no more.
CREATE TABLE operations.plan_try (
    request_id bigint NOT NULL REFERENCES operations.plan_request, try integer NOT NULL CHECK (try BETWEEN 1 AND 2),
    begun_at timestamptz NOT NULL, PRIMARY KEY (request_id, try));

-- Grain: answered request: a draft, or why there is none; its key is why there are never two drafts. told: what the reason says.
CREATE TABLE operations.plan_answer (
    request_id bigint PRIMARY KEY REFERENCES operations.plan_request, plan_id bigint UNIQUE REFERENCES operations.plan,
    why text NOT NULL DEFAULT '', told jsonb NOT NULL DEFAULT '{}', answered_at timestamptz NOT NULL,
    CHECK ((plan_id IS NULL) = (why <> '')));

-- Grain: version of a plan, judged: what the checker says of its lines by a snapshot, and what they change (before, after; {} where
-- nobody could say). why: why they could not be judged at all; '' where they were.
CREATE TABLE operations.plan_judgement (
    plan_id bigint NOT NULL, revision integer NOT NULL, snapshot bigint NOT NULL, why text NOT NULL DEFAULT '',
    violations jsonb NOT NULL, before jsonb NOT NULL, after jsonb NOT NULL, judged_at timestamptz NOT NULL,
    PRIMARY KEY (plan_id, revision), FOREIGN KEY (plan_id, revision) REFERENCES operations.plan_version);

GRANT SELECT, INSERT ON operations.plan_request, operations.plan_try, operations.plan_answer, operations.plan_judgement TO {app_role};
