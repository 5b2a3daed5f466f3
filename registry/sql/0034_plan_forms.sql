-- Forms about plans of reallocation that were sent and taken: whoever presses twice makes one request, or one draft. Inputs: 0032. The
-- table is appended to and never changed.

-- Grain: author x form x what was sent with it (form_key: a digest of the key that the page was drawn with, and of what was typed).
-- request_id: of a question to the planner ('ask'); plan_id: of a draft that was handed in ('draft').
CREATE TABLE operations.plan_form (
    actor text NOT NULL CHECK (actor <> ''), form text NOT NULL CHECK (form IN ('ask', 'draft')), form_key text NOT NULL CHECK (form_key <> ''),
    request_id bigint REFERENCES operations.plan_request, plan_id bigint REFERENCES operations.plan,
    PRIMARY KEY (actor, form, form_key), CHECK ((form = 'ask') = (request_id IS NOT NULL) AND (form = 'draft') = (plan_id IS NOT NULL)));

GRANT SELECT, INSERT ON operations.plan_form TO {app_role};
