-- Grain: area x measure x part that the campaign ever had there, at zero where the days asked for have none: a value that was sent
-- and corrected to nothing must reach the receiver as nothing. Unit: doses by place of vaccination (measure doses, part: product),
-- people by residence and the day they reached the state (dose1, full, boosted; part: population group, and these overlap).
-- NULL: the source does not tell. Inputs: doses_by_day, people_by_day. Bound: first, last (days, both included).
SELECT area_code, 'doses' AS measure, product AS part,
       coalesce(sum(doses) FILTER (WHERE day BETWEEN $first AND $last), 0)::BIGINT AS value
FROM doses_by_day
GROUP BY ALL
UNION ALL
SELECT area_code, state.measure, population_group,
       CASE WHEN count(state.people) > 0
            THEN coalesce(sum(state.people) FILTER (WHERE day BETWEEN $first AND $last), 0)::BIGINT END
FROM people_by_day,
     unnest([{'measure': 'dose1', 'people': dose1_people}, {'measure': 'full', 'people': full_people},
             {'measure': 'boosted', 'people': boosted_people}]) AS found(state)
GROUP BY ALL
ORDER BY 1, 2, 3
