-- What snapshots take of reallocation plans, and how long the files of archived reports are kept. Inputs: 0001, 0031, 0035.

-- Plans by which doses may leave, or left. Instants are campaign time. No name of a person, and no draft: what nobody approved is
-- nobody's reallocation.

-- Grain: plan that is approved, or of which something left. until_at: of an approval that waits; whether it has lapsed says the
-- campaign's clock. number, decided_on: of the authority's newest decision on these lines, NULL without one. made_from, days: the
-- snapshot and the horizon that its document names; NULL of lines typed by hand, and of what is no whole number.
CREATE VIEW operations.plan_told AS
    SELECT n.plan_id, p.title, n.state, n.revision, n.until_at, changed.campaign_at AS changed_at, approved.at AS approved_at,
           d.number, d.decided_on,
           CASE WHEN made.document ->> 'snapshot' ~ '^[0-9]{1,15}$' THEN (made.document ->> 'snapshot')::bigint END AS made_from,
           CASE WHEN made.document #>> '{asked,days}' ~ '^[0-9]{1,4}$' THEN (made.document #>> '{asked,days}')::integer END AS days
    FROM operations.plan_now n JOIN operations.plan p USING (plan_id)
         JOIN operations.plan_act changed ON changed.plan_id = n.plan_id AND changed.version = n.version
         LEFT JOIN LATERAL (
             SELECT a.campaign_at AS at FROM operations.plan_act a
             WHERE a.plan_id = n.plan_id AND a.deed = 'approve' ORDER BY a.version DESC LIMIT 1) approved ON true
         LEFT JOIN LATERAL (
             SELECT e.number, e.decided_on FROM operations.plan_decision e
             WHERE e.plan_id = n.plan_id AND e.revision = n.revision ORDER BY e.version DESC LIMIT 1) d ON true
         LEFT JOIN LATERAL (
             SELECT v.document FROM operations.plan_version v
             WHERE v.plan_id = n.plan_id AND v.document ? 'snapshot' ORDER BY v.revision DESC LIMIT 1) made ON true
    WHERE n.state IN ('approved', 'shipped', 'received')
       OR EXISTS (SELECT FROM operations.plan_shipment s WHERE s.plan_id = n.plan_id);

-- Grain: line of the newest version of such a plan. Unit: doses. shipped: left; received: as counted on arrival; on_way: left and not
-- received yet; missing: sent and not received, shipment by shipment, so that what came over elsewhere hides nothing. Areas: province codes, 'central' of stores of none.
CREATE VIEW operations.plan_told_line AS
    SELECT t.plan_id, l.line, l.lot_number, l.product_code, l.giver_code, coalesce(g.province_code, 'central') AS giver_area,
           l.taker_code, coalesce(k.province_code, 'central') AS taker_area, l.doses, l.ship_on, l.arrive_on,
           coalesce(s.shipped, 0) AS shipped, coalesce(s.received, 0) AS received, coalesce(s.on_way, 0) AS on_way,
           coalesce(s.missing, 0) AS missing
    FROM operations.plan_told t JOIN operations.plan_line l USING (plan_id, revision)
         LEFT JOIN registry.store g ON g.code = l.giver_code LEFT JOIN registry.store k ON k.code = l.taker_code
         LEFT JOIN (
             SELECT s.plan_id, s.line, sum(s.doses)::bigint AS shipped, sum(r.doses)::bigint AS received,
                    (sum(s.doses) FILTER (WHERE r.shipment_id IS NULL))::bigint AS on_way,
                    sum(greatest(s.doses - r.doses, 0))::bigint AS missing
             FROM operations.plan_shipment s LEFT JOIN operations.plan_receipt r USING (shipment_id)
             GROUP BY s.plan_id, s.line) s ON s.plan_id = t.plan_id AND s.line = l.line;

GRANT SELECT ON operations.plan_told, operations.plan_told_line TO {app_role}, {etl_role};

-- When the files of a report were let go, wall time; NULL while they are kept. Its row, its mails and its hash stay: what was sent can
-- still be told from what was not.
ALTER TABLE operations.report ADD COLUMN gone_at timestamptz CHECK (gone_at IS NULL OR folder <> '');
GRANT UPDATE (gone_at) ON operations.report TO {app_role};

-- A snapshot is kept for the reports that are.
CREATE OR REPLACE VIEW operations.cited_version AS
    SELECT snapshot_version FROM operations.figure_lock
    UNION
    SELECT (detail -> 'snapshot_version')::bigint FROM operations.action_log
    WHERE jsonb_typeof(detail -> 'snapshot_version') = 'number'
    UNION
    SELECT coalesce(snapshot, version) FROM operations.report
    WHERE state IN ('waiting', 'ready', 'held', 'released') AND gone_at IS NULL AND coalesce(snapshot, version) IS NOT NULL;
