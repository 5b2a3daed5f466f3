-- Times without anybody on duty, provinces of a national incident, messages of machines settled and thinned. Inputs: 0016,
-- 0018, 0019, 0023. Instants are wall time.

-- period: of how often nobody was on duty for the incident, 0 of every other notice: each such time is told by itself.
-- joined: a province of a national incident; unattended: nobody is on duty.
ALTER TABLE operations.notice ADD COLUMN period integer NOT NULL DEFAULT 0 CHECK (period >= 0);
ALTER TABLE operations.notice DROP CONSTRAINT notice_kind_check;
ALTER TABLE operations.notice ADD CONSTRAINT notice_kind_check
    CHECK (kind IN ('opened', 'reopened', 'escalated', 'joined', 'unattended', 'over'));
ALTER TABLE operations.notice DROP CONSTRAINT notice_incident_id_kind_turn_level_channel_address_key;
ALTER TABLE operations.notice ADD UNIQUE (incident_id, kind, turn, level, channel, address, period);

-- Grain: incident for which nobody was on duty at some time while it waited. period: how often so far; ended: somebody came;
-- told: of the latest one; told_at: when it was told last, of any. The rule: campaign/notices.py (unattended).
CREATE TABLE operations.unattended (
    incident_id bigint PRIMARY KEY REFERENCES operations.incident, period integer NOT NULL CHECK (period > 0),
    ended boolean NOT NULL, told boolean NOT NULL, told_at timestamptz);
GRANT SELECT, INSERT, UPDATE ON operations.unattended TO {etl_role};

-- Of records whose clock was wrong: accepted with so many seconds added to each, or rejected, by whom and why. '' of what
-- waits, and of what settled by itself when its device was registered.
ALTER TABLE registry.ems_kept ADD COLUMN verdict text NOT NULL DEFAULT '' CHECK (verdict IN ('', 'accepted', 'rejected')),
    ADD COLUMN offset_seconds bigint, ADD COLUMN settled_by text NOT NULL DEFAULT '', ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD CHECK ((verdict = '') = (settled_by = '')), ADD CHECK ((verdict = 'accepted') = (offset_seconds IS NOT NULL)),
    ADD CHECK (verdict = '' OR why = 'clock' AND settled_at IS NOT NULL AND reason <> '');
GRANT UPDATE (verdict, offset_seconds, settled_by, reason) ON registry.ems_kept TO {app_role};

-- The nightly job forgets what is older than coldchain.ems_keep_days and waits for nobody.
CREATE INDEX ems_message_received ON registry.ems_message (received_at);
CREATE INDEX ems_kept_settled ON registry.ems_kept (settled_at) WHERE settled_at IS NOT NULL;
-- By functions, since its role sees nothing of the schema; each returns how many rows went, at most `most`.
CREATE FUNCTION operations.forget_ems_kept(before timestamptz, most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog AS $$
    WITH gone AS (DELETE FROM registry.ems_kept WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM registry.ems_kept WHERE settled_at < before LIMIT most)) RETURNING 1) SELECT count(*) FROM gone
$$;
CREATE FUNCTION operations.forget_ems_messages(before timestamptz, most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog AS $$
    WITH gone AS (DELETE FROM registry.ems_message WHERE ctid = ANY(ARRAY(
        SELECT m.ctid FROM registry.ems_message m WHERE m.received_at < before AND NOT EXISTS (
            SELECT FROM registry.ems_kept k WHERE k.sender = m.sender AND k.transfer_id = m.transfer_id)
        ORDER BY m.received_at LIMIT most)) RETURNING 1) SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION operations.forget_ems_kept, operations.forget_ems_messages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION operations.forget_ems_kept, operations.forget_ems_messages TO {etl_role};

-- closed_here: the centre closed it; operations.ticket says so and remains the truth. Kept beside closed_at so that the queue
-- never reads what is done: it reads the oldest first, and these are closed first.
ALTER TABLE registry.correction_ticket ADD COLUMN closed_here boolean NOT NULL DEFAULT false;
UPDATE registry.correction_ticket t SET closed_here = true
    FROM operations.ticket o WHERE o.ticket_id = t.ticket_id AND o.state = 'closed';
CREATE FUNCTION operations.note_closed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE registry.correction_ticket SET closed_here = true WHERE ticket_id = NEW.ticket_id AND NOT closed_here;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION operations.note_closed FROM PUBLIC;
CREATE TRIGGER note_closed AFTER INSERT OR UPDATE OF state ON operations.ticket FOR EACH ROW
    WHEN (NEW.state = 'closed') EXECUTE FUNCTION operations.note_closed();

-- The backlog is counted from this index alone, and a page of the queue begins where the one before ended: at 800,000 open
-- tickets neither reads the table.
DROP INDEX registry.correction_ticket_open;
CREATE INDEX correction_ticket_open ON registry.correction_ticket (filed_at, ticket_id)
    INCLUDE (kind, site_code, province_code) WHERE closed_at IS NULL AND NOT closed_here;

-- As in 0023, but that what is closed here is known from the ticket itself.
CREATE OR REPLACE VIEW operations.ticket_queue AS
    SELECT t.ticket_id, t.number, substr(encode(sha256(s.key || int8send(t.person_id)), 'hex'), 1, 32) AS person_key, t.kind,
           coalesce(p.province_code, t.province_code, '') AS area_code, coalesce(t.site_code, '') AS site_code,
           coalesce(t.product_code, '') AS product_code, t.injected_on, t.dose_id, t.filed_at,
           CASE WHEN o.state = 'closed' THEN 'closed' WHEN t.closed_at IS NOT NULL THEN 'settled'
                ELSE coalesce(o.state, 'new') END AS state,
           coalesce(o.owner, '') AS owner, coalesce(o.answer, '') AS answer, coalesce(o.closing, '') AS closing,
           o.dose_id AS corrected_by, o.changed_at, coalesce(o.changed_by, '') AS changed_by,
           t.closed_at IS NULL AND NOT t.closed_here AND o.state IS DISTINCT FROM 'closed' AS open
    FROM registry.correction_ticket t CROSS JOIN registry.secret s
    LEFT JOIN registry.site p ON p.code = t.site_code
    LEFT JOIN operations.ticket o USING (ticket_id);
