-- Grain: feed of the profile. $now is wall time. Inputs: core.feed_state, declared.feed.
INSERT INTO mart.feed_status
SELECT s.name, s.state, s.last_success, epoch($now::TIMESTAMPTZ) - epoch(s.last_success), s.rows_in, s.accepted,
       s.quarantined, s.message, s.last_attempt, s.watermark, s.rows_last, s.next_try
FROM core.feed_state s JOIN declared.feed f ON f.name = s.name ORDER BY f.position
