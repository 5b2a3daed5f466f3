-- Grain: residence area ('unknown' among them) x day on which somebody of $group reached a state. Unit: distinct people.
-- Inputs: people_by_day.
SELECT area_code, list(day ORDER BY day) AS days, list(coalesce(dose1_people, 0) ORDER BY day) AS dose1,
       list(coalesce(full_people, 0) ORDER BY day) AS fulls
FROM people_by_day WHERE population_group = $group GROUP BY area_code
