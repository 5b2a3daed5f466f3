-- The same people by residence. Grain: residence, all of them, and the place that holds them.
WITH due AS (
    SELECT key, people, due_on, date_diff('week', (FROM today) + 1, due_on) + 1 AS week
    FROM place LEFT JOIN people_due USING (area_code) WHERE key NOT LIKE 'tier-%' AND key <> 'central')
SELECT key,
       shown(coalesce(sum(people) FILTER (WHERE due_on < (FROM today) - getvariable('overdue_days')), 0)) AS overdue,
       shown(coalesce(sum(people) FILTER (WHERE due_on BETWEEN (FROM today) - getvariable('overdue_days') AND (FROM today)), 0)) AS due,
       shown(coalesce(sum(people) FILTER (WHERE due_on > (FROM today) AND week = 1), 0)) AS week_1,
       shown(coalesce(sum(people) FILTER (WHERE due_on > (FROM today) AND week = 2), 0)) AS week_2,
       shown(coalesce(sum(people) FILTER (WHERE due_on > (FROM today) AND week = 3), 0)) AS week_3,
       shown(coalesce(sum(people) FILTER (WHERE due_on > (FROM today) AND week = 4), 0)) AS week_4,
       shown(coalesce(sum(people), 0)) AS people
FROM due GROUP BY key
