-- Grain: feed. The lag is wall time from the last success to this refresh.
SELECT name, state, last_success, date_diff('second', last_success, $wall_now::TIMESTAMPTZ)::DOUBLE AS lag_seconds, rows_in,
       accepted, quarantined, message
FROM core.feed_state
