-- Grain: area of registration x state. Unit: registrations. Inputs: outgoing.registration_state.
SELECT area_code, state, sum(registrations)::BIGINT AS people FROM outgoing.registration_state GROUP BY ALL ORDER BY ALL
