-- Grain: area of registration x whole days from the registration until it was injected or observed. Unit: registrations.
-- Inputs: signed (registration).
SELECT area, waited, sum(sign)::BIGINT AS n FROM signed WHERE state IN (5, 6) GROUP BY ALL HAVING sum(sign) <> 0
