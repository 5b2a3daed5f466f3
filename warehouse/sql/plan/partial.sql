-- Grain: district of the area $inside: people whose series is partial, as sampled; by them the area's second doses are shared
-- among its districts. Inputs: people_state.
SELECT district_code AS district, sum(people)::BIGINT AS people FROM people_state
WHERE area_code = $inside AND state = 'partial' AND district_code <> '' GROUP BY ALL ORDER BY ALL
