-- Grain: feed x field x reason x wall-clock day, the last $days days up to the day of publication. Unit: records first
-- set aside on that day, repaired since or not. Inputs: quarantine_day, snapshot_info.
SELECT feed, field, reason, day, sum(rows)::BIGINT AS records
FROM quarantine_day
WHERE day > (SELECT published_at::DATE FROM snapshot_info) - $days::INTEGER
GROUP BY ALL ORDER BY feed, field, reason, day
