-- Grain: area of registration x state x reason of a deferral x day of registration. Unit: registrations that are neither
-- served nor cancelled; states by their place in the registry's order. Inputs: signed (registration).
SELECT area, state, reason, day, sum(sign)::BIGINT AS n FROM signed WHERE state IN (0, 1, 2, 3, 4, 7)
GROUP BY ALL HAVING sum(sign) <> 0
