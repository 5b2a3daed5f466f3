-- Records set aside by feed, field and reason: now, ever, repaired, and by the day on which they were first set aside.
WITH seen AS (
    SELECT feed, field, reason, sum(rows) AS ever, sum(still_held) AS still FROM quarantine_day GROUP BY ALL)
SELECT shown(coalesce(q.rows, 0)) AS held, shown(s.ever) AS ever, shown(s.ever - s.still) AS repaired
FROM quarantine q FULL JOIN seen s USING (feed, field, reason)
