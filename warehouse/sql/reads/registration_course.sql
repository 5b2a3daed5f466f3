-- Grain: day of registration x outcome: by whole days until it ended, how many. Unit: registrations of people of $bands.
-- Days are numbers, 1 being the first day of the year 1, as in people_days. Inputs: registration_course.
WITH cells AS (
    SELECT registered_on, outcome, waited_days, sum(registrations)::BIGINT AS registrations
    FROM registration_course WHERE list_contains($bands::VARCHAR[], age_band) GROUP BY ALL)
SELECT date_diff('day', DATE '0001-01-01', registered_on) + 1 AS day, outcome,
       list(waited_days ORDER BY waited_days) AS waited, list(registrations ORDER BY waited_days) AS registrations
FROM cells GROUP BY registered_on, outcome ORDER BY registered_on, outcome
