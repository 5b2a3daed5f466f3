-- Unit: records set aside, counted in no other figure. Inputs: quarantine.
SELECT coalesce(sum(rows), 0)::BIGINT AS value FROM quarantine
