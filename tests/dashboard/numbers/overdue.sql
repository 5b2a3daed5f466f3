-- People of the place `place` whose series is partial, by product of the last dose and by week of the next.
WITH due AS (
    SELECT product, people, due_on, date_diff('week', (FROM today) + 1, due_on) + 1 AS week
    FROM people_due d JOIN place p USING (area_code) WHERE p.key = getvariable('place')),
listed AS (FROM due UNION ALL SELECT 'all', people, due_on, week FROM due),
bucket AS (
    SELECT product AS key, people, CASE
        WHEN due_on < (FROM today) - getvariable('overdue_days') THEN 'overdue'
        WHEN due_on <= (FROM today) THEN 'due' WHEN week <= 8 THEN 'week_' || week ELSE 'later' END AS bucket
    FROM listed),
counted AS (
    PIVOT bucket ON bucket IN ('overdue', 'due', 'week_1', 'week_2', 'week_3', 'week_4', 'week_5', 'week_6', 'week_7', 'week_8',
                               'later') USING coalesce(sum(people), 0) GROUP BY key)
SELECT key, shown(COLUMNS(* EXCLUDE key)),
       shown(overdue + due + week_1 + week_2 + week_3 + week_4 + week_5 + week_6 + week_7 + week_8 + later) AS people
FROM counted
