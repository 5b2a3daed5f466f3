-- Correction tickets of citizens: the queue of the response centre. Inputs: 0001, 0002, 0003.

-- Grain: ticket, as the citizens' portal writes it: a dose that is missing from somebody's record, or wrong in it. No
-- name and no text of the citizen's. filed_at, closed_at are campaign time; closed_at: the site settled it on the platform
-- itself. site_code, product_code, injected_on: as the citizen says; dose_id: of the wrong dose.
CREATE TABLE registry.correction_ticket (
    ticket_id bigint PRIMARY KEY, number text NOT NULL UNIQUE CHECK (number <> ''), person_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('missing', 'wrong')), province_code text, site_code text, product_code text,
    injected_on date, dose_id bigint, filed_at timestamptz NOT NULL, closed_at timestamptz,
    row_version xid8 NOT NULL DEFAULT '0');
CREATE INDEX correction_ticket_open ON registry.correction_ticket (filed_at, ticket_id) WHERE closed_at IS NULL;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON registry.correction_ticket
    FOR EACH ROW EXECUTE FUNCTION registry.stamp_version();

-- Grain: ticket that the centre has touched; a ticket without a row is new. dose_id: the record that corrected it. Instants
-- are wall time.
CREATE TABLE operations.ticket (
    ticket_id bigint PRIMARY KEY, state text NOT NULL CHECK (state IN ('new', 'assigned', 'answered', 'closed')),
    owner text NOT NULL DEFAULT '', answer text NOT NULL DEFAULT '',
    closing text NOT NULL DEFAULT '' CHECK (closing IN ('', 'corrected', 'right_already', 'duplicate', 'no_proof')),
    dose_id bigint, changed_at timestamptz NOT NULL, changed_by text NOT NULL CHECK (changed_by <> ''),
    CHECK ((state = 'closed') = (closing <> '')), CHECK ((closing = 'corrected') = (dose_id IS NOT NULL)));
CREATE INDEX ticket_closed ON operations.ticket (changed_at DESC) WHERE state = 'closed';

-- Grain: one act on a ticket.
CREATE TABLE operations.ticket_event (
    event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ticket_id bigint NOT NULL, at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('assigned', 'answered', 'closed')), actor text NOT NULL CHECK (actor <> ''),
    said text NOT NULL DEFAULT '');
CREATE INDEX ticket_event_ticket ON operations.ticket_event (ticket_id, event_id);

-- Grain: ticket with what became of it. The person is the keyed hash of the feeds, as in 0003. area_code: the province of
-- the vaccinating site, where it is routed to; of residence where no known site is named; '' where neither is. state:
-- settled where the site did it on the platform.
CREATE VIEW operations.ticket_queue AS
    SELECT t.ticket_id, t.number, substr(encode(sha256(s.key || int8send(t.person_id)), 'hex'), 1, 32) AS person_key, t.kind,
           coalesce(p.province_code, t.province_code, '') AS area_code, coalesce(t.site_code, '') AS site_code,
           coalesce(t.product_code, '') AS product_code, t.injected_on, t.dose_id, t.filed_at,
           CASE WHEN o.state = 'closed' THEN 'closed' WHEN t.closed_at IS NOT NULL THEN 'settled'
                ELSE coalesce(o.state, 'new') END AS state,
           coalesce(o.owner, '') AS owner, coalesce(o.answer, '') AS answer, coalesce(o.closing, '') AS closing,
           o.dose_id AS corrected_by, o.changed_at, coalesce(o.changed_by, '') AS changed_by,
           t.closed_at IS NULL AND o.state IS DISTINCT FROM 'closed' AS open
    FROM registry.correction_ticket t CROSS JOIN registry.secret s
    LEFT JOIN registry.site p ON p.code = t.site_code
    LEFT JOIN operations.ticket o USING (ticket_id);

-- Whether a dose is a record that corrects a ticket: 'yes', or why not. It must be of the same person (or of one found to
-- be the same), and written after the ticket. A missing dose must stand, a wrong one may also have been voided.
CREATE FUNCTION operations.corrects(ticket bigint, dose bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog AS $$
    SELECT coalesce((
        SELECT CASE
            WHEN d.person_id IS DISTINCT FROM t.person_id AND NOT EXISTS (
                SELECT FROM registry.person_merge m WHERE m.undone_at IS NULL
                AND (m.kept_person_id, m.merged_person_id) IN ((t.person_id, d.person_id), (d.person_id, t.person_id)))
                THEN 'other_person'
            WHEN d.row_version <= t.row_version AND d.recorded_at < t.filed_at THEN 'older'
            WHEN t.kind = 'missing' AND d.voided_at IS NOT NULL THEN 'voided'
            ELSE 'yes' END
        FROM registry.correction_ticket t JOIN registry.dose d ON d.dose_id = dose WHERE t.ticket_id = ticket), 'no_dose')
$$;
REVOKE ALL ON FUNCTION operations.corrects FROM PUBLIC;

GRANT SELECT ON operations.ticket_queue TO {etl_role}, {app_role};
GRANT SELECT, INSERT ON operations.ticket, operations.ticket_event TO {app_role};
GRANT UPDATE (state, owner, answer, closing, dose_id, changed_at, changed_by) ON operations.ticket TO {app_role};
GRANT EXECUTE ON FUNCTION operations.corrects TO {app_role};
