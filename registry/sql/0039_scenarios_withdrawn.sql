-- Withdrawn scenarios (operations/scenario_withdrawal.py). What was saved stays as it is; both tables are appended to and never
-- changed. withdrawn_at is wall time.

-- Grain: withdrawn scenario, once.
CREATE TABLE operations.scenario_withdrawal (
    scenario_id bigint PRIMARY KEY REFERENCES operations.scenario, reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''), withdrawn_at timestamptz NOT NULL);

-- Grain: withdrawn scenario of a plan, once.
CREATE TABLE operations.plan_scenario_withdrawal (
    scenario_id bigint PRIMARY KEY REFERENCES operations.plan_scenario, reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''), withdrawn_at timestamptz NOT NULL);

-- A name is given once among those that stand. No index can look into the other table: saving looks, under a lock of the name.
DROP INDEX operations.scenario_name;
CREATE INDEX scenario_name ON operations.scenario (area_code, lower(name));

GRANT SELECT, INSERT ON operations.scenario_withdrawal, operations.plan_scenario_withdrawal TO {app_role};
