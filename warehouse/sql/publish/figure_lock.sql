-- Grain: reporting day x scope that was locked. Now: the same figures up to and with that day, as the records say today.
-- Inputs: locked (bound rows), outgoing.doses_by_day, outgoing.people_by_day.
SELECT l.*, (SELECT coalesce(sum(doses), 0) FROM outgoing.doses_by_day d WHERE d.day <= l.reporting_day)::BIGINT AS doses_now,
       (SELECT coalesce(sum(dose1_people), 0) FROM outgoing.people_by_day p
        WHERE p.population_group = 'all' AND p.day <= l.reporting_day)::BIGINT AS dose1_people_now,
       (SELECT coalesce(sum(full_people), 0) FROM outgoing.people_by_day p
        WHERE p.population_group = 'all' AND p.day <= l.reporting_day)::BIGINT AS full_people_now
FROM locked l
