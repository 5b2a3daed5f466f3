-- Grain: area of registration x state. Unit: people; a person with several registrations counts in the furthest one.
-- Inputs: core.registration.
SELECT coalesce(province_code, 'unknown') AS area_code, state, count(*) AS people
FROM (SELECT person_key, arg_max(province_code, state_at) AS province_code, arg_max(state, state_at) AS state
      FROM core.registration GROUP BY person_key)
GROUP BY ALL
