-- The register: litres, uptime and silence over 30 days, how long ago it was heard.
SELECT equipment_id AS key, coalesce(tenth(litres), '') AS litres, part(good, counted) AS uptime_share, silent_part(good, silent_minutes, out_minutes, down, counted) AS silent_share,
       coalesce(lasted(date_diff('second', last_read_at, as_of) // 60), '') AS quiet_minutes
FROM registered
