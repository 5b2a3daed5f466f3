-- Every decision with what came of it.
SELECT d.decision_id AS key, on_day(d.decided_on) AS decided, shown(sum(asked)) AS planned, shown(sum(sent)) AS sent,
       shown(sum(received)) AS received, shown(sum(used)) AS used, shown(sum(greatest(-differs, 0))) AS missing,
       shown(count(*) FILTER (WHERE differs < 0 AND waited)) AS late, on_day(max(planned_on)) AS expected
FROM allocation_decision d JOIN line_now l USING (decision_id) GROUP BY ALL
