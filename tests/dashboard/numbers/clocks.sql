-- The last 28 days on both clocks, late entries, and what incomplete days will come to.
SELECT on_day(d.day) AS "0", shown(coalesce((SELECT sum(doses) FROM doses_by_day i WHERE i.day = d.day), 0)) AS "1",
       shown(coalesce((SELECT sum(doses) FROM doses_by_recorded_day r WHERE r.day = d.day), 0)) AS "2",
       shown(coalesce((SELECT sum(doses) FROM doses_by_recorded_day r WHERE r.day = d.day AND lag_bucket <> '0'), 0)) AS "3",
       shown(n.expected) AS "4", trim(shown(n.low) || ' ' || shown(n.high)) AS "5"
FROM (SELECT (last_day - unnest(range(28))::INTEGER) AS day FROM snapshot_info) d
LEFT JOIN nowcast n ON n.day = d.day AND n.area_code = ''
