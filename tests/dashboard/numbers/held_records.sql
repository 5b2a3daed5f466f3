-- The newest thirty records set aside: here their keys.
SELECT record_key AS "1" FROM quarantine_row ORDER BY seen_at DESC, feed, record_key, field LIMIT 30
