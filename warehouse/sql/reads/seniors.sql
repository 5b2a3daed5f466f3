-- Grain: residence area. Unit: distinct people of 65 and over at their first dose. A count: no source tells how many of that
-- age there are. Inputs: people_state.
SELECT area_code, coalesce(sum(people) FILTER (WHERE state <> 'none'), 0)::BIGINT AS dose1_people,
       coalesce(sum(people) FILTER (WHERE state IN ('full', 'boosted')), 0)::BIGINT AS full_people
FROM people_state WHERE age_band = '65plus' GROUP BY area_code
