-- Grain: day of registration x whole days until its present state (0: it waits still; 120 and more together) x outcome
-- (0 waits, 1 served, 2 deferred or cancelled) x age band at registration. Unit: registrations, of the nation.
-- Inputs: signed (registration).
SELECT day, CASE WHEN state IN (5, 6, 7, 8) THEN least(waited, 120) ELSE 0 END::SMALLINT AS waited,
       CASE WHEN state IN (5, 6) THEN 1 WHEN state IN (7, 8) THEN 2 ELSE 0 END::UTINYINT AS outcome, band,
       sum(sign)::BIGINT AS n
FROM signed GROUP BY ALL HAVING sum(sign) <> 0
