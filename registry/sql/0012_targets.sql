-- Targets and denominators as named persons decided them: versions that begin on a day, none of which is ever changed or
-- taken back. Inputs: 0009. decided_at is wall time, valid_from a day of the campaign.

-- Grain: version of a target. Of several from the same day the last decided counts.
CREATE TABLE operations.target_version (
    target_version_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, target_id text NOT NULL CHECK (target_id <> ''),
    population_group text NOT NULL CHECK (population_group IN ('18plus', 'all')),
    ratio numeric(5, 4) NOT NULL CHECK (ratio > 0 AND ratio <= 1), more_than boolean NOT NULL, due_on date NOT NULL,
    valid_from date NOT NULL, reason text NOT NULL CHECK (reason <> ''), actor text NOT NULL CHECK (actor <> ''),
    decided_at timestamptz NOT NULL, CHECK (due_on > valid_from));

-- Grain: choice of the population that ratios divide by, from a day on.
CREATE TABLE operations.denominator_choice (
    denominator_choice_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version text NOT NULL CHECK (version <> ''),
    valid_from date NOT NULL, reason text NOT NULL CHECK (reason <> ''), actor text NOT NULL CHECK (actor <> ''),
    decided_at timestamptz NOT NULL);

GRANT SELECT ON operations.target_version, operations.denominator_choice TO {etl_role};
GRANT SELECT, INSERT ON operations.target_version, operations.denominator_choice TO {app_role};
