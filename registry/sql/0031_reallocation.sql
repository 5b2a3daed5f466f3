-- Plans of reallocation from draft to receipt. Inputs: 0001, 0009, 0017, 0024, 0027. acted_at is wall time; campaign_at, until_at,
-- shipped_at and received_at are campaign time. Every table here is appended to and never changed: a plan is the list of its acts.

CREATE TABLE operations.plan (
    plan_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL CHECK (title <> ''));

-- Grain: act on a plan, by the number that it has in it; two persons who saw the same cannot both write the next. state: what the
-- plan is after it (the rule: campaign/plan_state.py); the newest act says what it is now. revision: which of its versions of lines is
-- meant. until_at: until when a proposal or an approval holds, and with it the promise of its doses.
CREATE TABLE operations.plan_act (
    plan_id bigint NOT NULL REFERENCES operations.plan, version integer NOT NULL CHECK (version > 0),
    deed text NOT NULL CHECK (deed IN ('draft', 'change', 'propose', 'approve', 'return', 'decide', 'ship', 'receive', 'cancel')),
    state text NOT NULL CHECK (state IN ('draft', 'proposed', 'approved', 'shipped', 'received', 'cancelled')),
    revision integer NOT NULL CHECK (revision > 0), until_at timestamptz, reason text NOT NULL DEFAULT '',
    actor text NOT NULL CHECK (actor <> ''), acted_at timestamptz NOT NULL, campaign_at timestamptz NOT NULL,
    PRIMARY KEY (plan_id, version), CHECK ((state IN ('proposed', 'approved')) = (until_at IS NOT NULL)),
    CHECK (reason <> '' OR deed NOT IN ('change', 'return', 'cancel')));

-- Grain: version of a plan's lines; all of them are kept. version: the act that made it, which says who and why. document: what the
-- plan was made from and is judged by (snapshot, policy, reserve, before, after), as it was handed in; {} of one typed by hand.
CREATE TABLE operations.plan_version (
    plan_id bigint NOT NULL REFERENCES operations.plan, revision integer NOT NULL CHECK (revision > 0),
    version integer NOT NULL CHECK (version > 0), document jsonb NOT NULL, PRIMARY KEY (plan_id, revision));

-- Grain: version of a plan x line, numbered from 1. Doses, full size. reasons: why this lot, from there, to there, as handed in.
CREATE TABLE operations.plan_line (
    plan_id bigint NOT NULL, revision integer NOT NULL, line integer NOT NULL CHECK (line > 0), lot_number text NOT NULL,
    product_code text NOT NULL, giver_code text NOT NULL, taker_code text NOT NULL CHECK (taker_code <> giver_code),
    doses bigint NOT NULL CHECK (doses > 0), ship_on date NOT NULL, arrive_on date NOT NULL CHECK (arrive_on >= ship_on),
    reasons jsonb NOT NULL, PRIMARY KEY (plan_id, revision, line),
    FOREIGN KEY (plan_id, revision) REFERENCES operations.plan_version);
CREATE INDEX plan_line_giver ON operations.plan_line (giver_code, lot_number);

-- Grain: decision of an authority on a version of a plan: without one nothing leaves a province, or comes from a national store. Of
-- several on one version the newest counts.
CREATE TABLE operations.plan_decision (
    plan_id bigint NOT NULL, version integer NOT NULL, revision integer NOT NULL, number text NOT NULL CHECK (number <> ''),
    decided_on date NOT NULL, signed_by text NOT NULL CHECK (signed_by <> ''), PRIMARY KEY (plan_id, version),
    FOREIGN KEY (plan_id, version) REFERENCES operations.plan_act);

-- Grain: doses of a line that left together; a line may leave in parts. movement_id: the entry in the giver's ledger.
CREATE TABLE operations.plan_shipment (
    shipment_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plan_id bigint NOT NULL, version integer NOT NULL,
    line integer NOT NULL, doses bigint NOT NULL CHECK (doses > 0), shipped_at timestamptz NOT NULL,
    movement_id bigint NOT NULL UNIQUE, FOREIGN KEY (plan_id, version) REFERENCES operations.plan_act);
CREATE INDEX plan_shipment_plan ON operations.plan_shipment (plan_id, line);

-- Grain: shipment that came. doses: as counted there, fewer or more than were sent; the difference is one of the transfer (0027).
-- temp_c: on arrival, degrees Celsius. movement_id: the entry in the taker's ledger; NULL where nothing came.
CREATE TABLE operations.plan_receipt (
    shipment_id bigint PRIMARY KEY REFERENCES operations.plan_shipment, plan_id bigint NOT NULL, version integer NOT NULL,
    doses bigint NOT NULL CHECK (doses >= 0), temp_c double precision NOT NULL CHECK (temp_c BETWEEN -100 AND 60),
    received_at timestamptz NOT NULL, movement_id bigint UNIQUE, CHECK ((doses = 0) = (movement_id IS NULL)),
    FOREIGN KEY (plan_id, version) REFERENCES operations.plan_act);

-- Grain: plan. What it is by its newest act; whether a promise of it has lapsed says until_at against the clock of the campaign.
CREATE VIEW operations.plan_now AS
    SELECT DISTINCT ON (plan_id) plan_id, version, state, revision, until_at FROM operations.plan_act ORDER BY plan_id, version DESC;

-- Grain: line with doses that a proposed or approved plan promises and that have not left. Whoever plans next takes those with
-- until_at after now from what the store has. No name of a person.
CREATE VIEW operations.plan_promise AS
    SELECT n.plan_id, n.revision, l.line, l.giver_code AS store_code, l.lot_number, l.product_code, l.taker_code,
           (l.doses - coalesce(s.doses, 0))::bigint AS doses, l.ship_on, l.arrive_on, n.state, n.until_at
    FROM operations.plan_now n JOIN operations.plan_line l USING (plan_id, revision)
         LEFT JOIN (SELECT plan_id, line, sum(doses)::bigint AS doses FROM operations.plan_shipment GROUP BY plan_id, line) s
             USING (plan_id, line)
    WHERE n.state IN ('proposed', 'approved') AND l.doses > coalesce(s.doses, 0);

-- Grain: shipment on its way: left and not received. Its doses are in the giver's ledger no more and in the taker's not yet.
CREATE VIEW operations.plan_on_the_way AS
    SELECT s.shipment_id, s.plan_id, s.line, l.lot_number, l.product_code, l.giver_code, l.taker_code, s.doses, s.shipped_at,
           l.arrive_on
    FROM operations.plan_shipment s JOIN operations.plan_act a USING (plan_id, version)
         JOIN operations.plan_line l ON l.plan_id = s.plan_id AND l.revision = a.revision AND l.line = s.line
         LEFT JOIN operations.plan_receipt r USING (shipment_id)
    WHERE r.shipment_id IS NULL;

-- Grain: shipment that came short or over, whatever was said of it since: an alert of it needs no days of waiting. Campaign time.
CREATE VIEW operations.plan_difference AS
    SELECT r.shipment_id, s.plan_id, l.lot_number, l.giver_code, l.taker_code, s.doses AS sent, r.doses AS received, s.shipped_at,
           r.received_at
    FROM operations.plan_receipt r JOIN operations.plan_shipment s USING (shipment_id)
         JOIN operations.plan_act a ON a.plan_id = s.plan_id AND a.version = s.version
         JOIN operations.plan_line l ON l.plan_id = s.plan_id AND l.revision = a.revision AND l.line = s.line
    WHERE r.doses <> s.doses;

GRANT SELECT, INSERT ON operations.plan, operations.plan_act, operations.plan_version, operations.plan_line,
    operations.plan_decision, operations.plan_shipment, operations.plan_receipt TO {app_role};
GRANT SELECT ON operations.plan_now, operations.plan_promise, operations.plan_on_the_way, operations.plan_difference
    TO {app_role}, {etl_role};
