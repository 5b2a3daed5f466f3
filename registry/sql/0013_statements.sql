-- What provinces say of their own figures, and what planners suppose: neither is ever changed or taken back, a later row
-- stands beside an earlier one. Inputs: 0009. made_at is wall time, reporting_day a day of the campaign.

-- Grain: statement of a named person about the figures of one province and day. confirmed: they are right; explained: why
-- they are as they are; withdrawn: the explanation holds no longer. The figures are those that the person saw: doses given
-- in the province and people who live there, up to and with the day. NULL people: the source does not tell.
CREATE TABLE operations.figure_statement (
    statement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, reporting_day date NOT NULL,
    area_code text NOT NULL CHECK (area_code <> ''),
    kind text NOT NULL CHECK (kind IN ('confirmed', 'explained', 'withdrawn')), said text NOT NULL,
    snapshot_version bigint NOT NULL, doses bigint NOT NULL, dose1_people bigint, full_people bigint,
    actor text NOT NULL CHECK (actor <> ''), made_at timestamptz NOT NULL,
    CHECK (said <> '' OR kind = 'confirmed'));
CREATE INDEX figure_statement_day ON operations.figure_statement (reporting_day, area_code);

-- Grain: scenario: what if. It is read by the page of scenarios alone; no figure of the campaign is made from it.
-- area_code '' is the nation; arrivals NULL: doses set no limit. Percentages: of the present pace, of the population.
CREATE TABLE operations.scenario (
    scenario_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL CHECK (name <> ''),
    area_code text NOT NULL, pace_percent integer NOT NULL CHECK (pace_percent BETWEEN 0 AND 500),
    arrivals_weekly bigint CHECK (arrivals_weekly >= 0),
    declines_percent integer NOT NULL CHECK (declines_percent BETWEEN 0 AND 100),
    reason text NOT NULL CHECK (reason <> ''), actor text NOT NULL CHECK (actor <> ''), made_at timestamptz NOT NULL);
CREATE UNIQUE INDEX scenario_name ON operations.scenario (area_code, lower(name));

GRANT SELECT ON operations.figure_statement TO {etl_role};
GRANT SELECT, INSERT ON operations.figure_statement, operations.scenario TO {app_role};
