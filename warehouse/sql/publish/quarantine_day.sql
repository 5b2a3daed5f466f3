-- Grain: feed x field x reason x wall-clock day on which it was set aside. Unit: records. Inputs: core.quarantine_event.
SELECT feed, field, reason, set_at::DATE AS day, count(*) AS rows, count(*) FILTER (WHERE freed_at IS NULL) AS still_held
FROM core.quarantine_event GROUP BY ALL
