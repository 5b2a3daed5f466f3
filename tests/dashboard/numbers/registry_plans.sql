-- Of PostgreSQL. The plans newest first, at most fifty: doses and lines of the newest version, doses that came short of all that
-- was received, and until when a proposal or an approval holds.
WITH newest AS (SELECT DISTINCT ON (plan_id) plan_id, revision, state, until_at FROM operations.plan_act ORDER BY plan_id DESC, version DESC),
short AS (
    SELECT s.plan_id, sum(s.doses - r.doses) AS missing
    FROM operations.plan_shipment s JOIN operations.plan_receipt r USING (shipment_id) GROUP BY s.plan_id)
SELECT n.plan_id::text AS key, replace(to_char(sum(l.doses), 'FM999,999,999'), ',', '.') AS doses, count(*)::text AS lines,
       CASE WHEN s.missing > 0 THEN replace(to_char(s.missing, 'FM999,999,999'), ',', '.') ELSE '' END AS missing,
       coalesce(to_char(n.until_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'HH24 MI DD/MM/YYYY'), '') AS until
FROM newest n JOIN operations.plan_line l USING (plan_id, revision) LEFT JOIN short s USING (plan_id)
GROUP BY n.plan_id, s.missing, n.until_at ORDER BY n.plan_id DESC LIMIT 50
