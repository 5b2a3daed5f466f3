-- The figures above the tables of the people's page, of the place `place`.
SELECT 'fact' AS kind, 'overdue' AS key, shown(sum(people) FILTER (WHERE due_on < (FROM today) - getvariable('overdue_days'))) AS shown
FROM people_due JOIN place p USING (area_code) WHERE p.key = getvariable('place')
UNION ALL
SELECT 'fact', 'due', shown(sum(people) FILTER (WHERE due_on BETWEEN (FROM today) - getvariable('overdue_days') AND (FROM today)))
FROM people_due JOIN place p USING (area_code) WHERE p.key = getvariable('place')
UNION ALL
SELECT 'fact', 'long', shown(sum(registrations)) FROM registration_open JOIN place p USING (area_code)
WHERE p.key = getvariable('place') AND date_diff('day', registered_on, (FROM today)) > getvariable('unserved_days')
UNION ALL
SELECT 'fact', 'median', shown(quantile_disc(waited_days, 0.5))
FROM (SELECT unnest(range(registrations)), waited_days FROM registration_wait JOIN place p USING (area_code)
      WHERE p.key = getvariable('place'))
