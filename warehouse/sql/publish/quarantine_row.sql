-- Grain: record set aside, the newest $most_rows. Keys only. Inputs: core.quarantine.
SELECT feed, record_key, field, reason, value, expected, seen_at
FROM core.quarantine ORDER BY seen_at DESC, feed, record_key LIMIT $most_rows
