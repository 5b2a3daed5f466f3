-- Grain: feed x field x reason. Unit: records set aside. Inputs: core.quarantine.
SELECT feed, field, reason, count(*) AS rows FROM core.quarantine GROUP BY ALL
