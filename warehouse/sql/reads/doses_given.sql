-- Grain: day of injection. Unit: doses of the nation. Inputs: doses_by_day.
SELECT day, sum(doses)::BIGINT AS doses FROM doses_by_day GROUP BY day
