-- Plans with a line that touches the area: only such lines are counted.
SELECT 'Số ' || p.plan_id || ': ' || any_value(p.title) AS plan,
       CASE any_value(s.state) WHEN 'approved' THEN 'đã duyệt' WHEN 'lapsed' THEN 'đã hết hiệu lực' WHEN 'received' THEN 'đã nhận'
            WHEN 'shipped' THEN 'đã xuất, đang vận chuyển' END AS state,
       on_day((any_value(p.approved_at) AT TIME ZONE getvariable('zone'))::DATE) AS approved, shown(any_value(p.days)) AS days,
       coalesce(any_value(p.number), '') AS decision, on_day(any_value(p.decided_on)) AS decided_on,
       shown(sum(l.doses)) AS doses, shown(sum(l.shipped)) AS shipped, shown(sum(l.received)) AS received,
       shown(sum(l.on_way)) AS on_way, shown(sum(l.missing)) AS missing
FROM reallocation p JOIN reallocation_line l USING (plan_id) JOIN plan_state s USING (plan_id)
WHERE touches(l.giver_area, l.taker_area) GROUP BY p.plan_id
