-- Grain: area: registrations that are neither served, deferred nor cancelled. Unit: people, as sampled. Inputs: registration_open.
SELECT area_code AS area, sum(registrations)::BIGINT AS people FROM registration_open WHERE state <> 'deferred' GROUP BY ALL ORDER BY ALL
