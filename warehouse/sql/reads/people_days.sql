-- Grain: residence area ('unknown' among them) x day on which somebody of $group reached a state. Unit: distinct people.
-- Days are numbers, 1 being the first day of the year 1: a quarter of a million dates take a reader a third of a second.
-- Inputs: people_by_day.
SELECT area_code, list((date_diff('day', DATE '0001-01-01', day) + 1) ORDER BY day) AS days, list(coalesce(dose1_people, 0) ORDER BY day) AS dose1,
       list(coalesce(full_people, 0) ORDER BY day) AS fulls
FROM people_by_day WHERE population_group = $group GROUP BY area_code
