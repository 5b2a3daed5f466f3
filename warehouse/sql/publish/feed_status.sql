-- Grain: feed. The lag is wall time from the last success to this publication. Inputs: core.feed_state.
SELECT name, state, last_success, date_diff('second', last_success, $wall_now::TIMESTAMPTZ)::DOUBLE AS lag_seconds, rows_in,
       accepted, quarantined, message, last_attempt, watermark, rows_last, next_try
FROM core.feed_state
