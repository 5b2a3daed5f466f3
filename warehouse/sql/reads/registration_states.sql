-- Grain: area of registration x present state. Unit: registrations. Inputs: registration_by_area.
SELECT area_code, state, sum(people)::BIGINT AS registrations FROM registration_by_area GROUP BY ALL
