-- Grain: day of registration x whole days until it ended (0: it waits still) x outcome (0 waits, 1 served, 2 deferred or
-- cancelled) x age band at registration. Unit: registrations, of the nation. Inputs: signed (registration).
SELECT day, course AS waited, outcome, band, sum(sign)::BIGINT AS n FROM signed GROUP BY ALL HAVING sum(sign) <> 0
