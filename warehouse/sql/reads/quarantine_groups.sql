-- Grain: feed x field x reason. Unit: records. held: set aside now; ever: first set aside on any day that is kept;
-- repaired: those of them that have left. Inputs: quarantine, quarantine_day.
WITH seen AS (
    SELECT feed, field, reason, sum(rows) AS ever, sum(still_held) AS still FROM quarantine_day GROUP BY ALL)
SELECT coalesce(q.feed, s.feed) AS feed, coalesce(q.field, s.field) AS field, coalesce(q.reason, s.reason) AS reason,
       coalesce(q.rows, 0)::BIGINT AS held, s.ever::BIGINT AS ever, (s.ever - s.still)::BIGINT AS repaired
FROM quarantine q FULL JOIN seen s ON s.feed = q.feed AND s.field = q.field AND s.reason = q.reason
ORDER BY held DESC, feed, field, reason
