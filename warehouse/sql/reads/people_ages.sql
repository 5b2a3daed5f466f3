-- Grain: residence area x age band. Unit: distinct people by state of the series. Inputs: people_state.
SELECT area_code, age_band, coalesce(sum(people) FILTER (WHERE state = 'none'), 0)::BIGINT AS none_people,
       coalesce(sum(people) FILTER (WHERE state <> 'none'), 0)::BIGINT AS dose1_people,
       coalesce(sum(people) FILTER (WHERE state IN ('full', 'boosted')), 0)::BIGINT AS full_people,
       coalesce(sum(people) FILTER (WHERE state = 'boosted'), 0)::BIGINT AS boosted_people
FROM people_state GROUP BY ALL
