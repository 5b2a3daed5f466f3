-- An order to move doses says how many whole trays and vials a line is (campaign/plan_order.py).
GRANT SELECT (vials_per_tray) ON registry.lot TO {app_role};

-- Scenarios of plans (operations/plan_scenarios.py): beside the plans, so that nothing of them can be proposed. asked_at, begun_at and
-- answered_at are wall time; campaign_at is campaign time. Every table here is appended to and never changed.

-- Grain: scenario. policy, days, inside: the question, as of operations.plan_request; suppose: what is supposed against the figures.
CREATE TABLE operations.plan_scenario (
    scenario_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL CHECK (title <> ''),
    policy text NOT NULL CHECK (policy <> ''), days integer NOT NULL CHECK (days BETWEEN 1 AND 60), inside text NOT NULL,
    suppose jsonb NOT NULL CHECK (suppose <> '{}'), actor text NOT NULL CHECK (actor <> ''), asked_at timestamptz NOT NULL,
    campaign_at timestamptz NOT NULL);

-- Grain: scenario x time that the process began with it: once more where it was killed over it, and then no more.
CREATE TABLE operations.plan_scenario_try (
    scenario_id bigint NOT NULL REFERENCES operations.plan_scenario, try integer NOT NULL CHECK (try BETWEEN 1 AND 2),
    begun_at timestamptz NOT NULL, PRIMARY KEY (scenario_id, try));

-- Grain: answered scenario: the documents of two plans from one snapshot, without and with what is supposed, or why there are none.
CREATE TABLE operations.plan_scenario_answer (
    scenario_id bigint PRIMARY KEY REFERENCES operations.plan_scenario, why text NOT NULL DEFAULT '',
    told jsonb NOT NULL DEFAULT '{}', snapshot bigint, without jsonb NOT NULL DEFAULT '{}', supposed jsonb NOT NULL DEFAULT '{}',
    answered_at timestamptz NOT NULL, CHECK ((snapshot IS NULL) = (why <> '')));

GRANT SELECT, INSERT ON operations.plan_scenario, operations.plan_scenario_try, operations.plan_scenario_answer TO {app_role};
