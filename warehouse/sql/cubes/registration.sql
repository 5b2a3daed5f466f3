-- Grain: area of registration x state x age band at registration. Unit: registrations. Inputs: signed (registration).
SELECT area, state, band, sum(sign)::BIGINT AS n FROM signed GROUP BY ALL HAVING sum(sign) <> 0
