-- Conditions that rules of alerts go by instead of numbers. Inputs: 0018. Instants are wall time.

-- Grain: one change of one rule. raise_when NULL: config.yaml's own holds again; '': the rule's numbers do. clear_when '':
-- over as soon as raise_when does not hold. The newest row of a rule is the one in force; the others are its history.
CREATE TABLE operations.rule_expression (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, rule text NOT NULL CHECK (rule <> ''), raise_when text,
    clear_when text NOT NULL, raise_before text NOT NULL, clear_before text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''), set_by text NOT NULL CHECK (set_by <> ''), set_at timestamptz NOT NULL);
CREATE INDEX rule_expression_rule ON operations.rule_expression (rule, change_id DESC);

GRANT SELECT ON operations.rule_expression TO {etl_role}, {app_role};
GRANT INSERT ON operations.rule_expression TO {app_role};
