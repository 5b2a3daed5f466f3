-- Grain: one row. What the clock changes without any record: at $now, on its local day $today. Units: people whose next dose
-- has fallen due, those of them later than $overdue_days; doses on hand by the expiry in force (negative levels count as
-- none); devices whose last reading is older than their way of reporting allows, and those that never sent one.
-- Inputs: people_due, stock_by_lot, lot_expiry, equipment_state.
WITH in_force AS (
    SELECT lot_number, arg_max(expires_on, (valid_from, kind = 'extension')) AS expires_on
    FROM lot_expiry WHERE valid_from <= $today GROUP BY lot_number),
stock AS (
    SELECT greatest(s.on_hand, 0) AS doses, e.expires_on
    FROM stock_by_lot s LEFT JOIN in_force e USING (lot_number)),
devices AS (
    SELECT last_read_at, last_read_at < $now::TIMESTAMPTZ - to_minutes(
               CASE reporting_mode WHEN 'live' THEN $live_minutes WHEN 'hand' THEN $hand_minutes
                    ELSE $file_minutes END::INTEGER) AS silent
    -- $aside: not working, stored or retired: nobody waits to hear of them.
    FROM equipment_state WHERE equipment_id NOT IN (SELECT unnest($aside::VARCHAR[])))
SELECT (SELECT coalesce(sum(people), 0) FROM people_due WHERE due_on <= $today)::BIGINT AS due_people,
       (SELECT coalesce(sum(people), 0) FROM people_due WHERE due_on < $today::DATE - $overdue_days::INTEGER)::BIGINT
           AS overdue_people,
       (SELECT coalesce(sum(doses), 0) FROM stock WHERE expires_on < $today)::BIGINT AS expired_doses,
       (SELECT coalesce(sum(doses), 0) FROM stock
        WHERE expires_on BETWEEN $today AND $today::DATE + $expiring_days::INTEGER)::BIGINT AS expiring_doses,
       (SELECT coalesce(sum(doses), 0) FROM stock WHERE expires_on IS NULL)::BIGINT AS doses_without_expiry,
       (SELECT count(*) FROM devices WHERE silent) AS silent_devices,
       (SELECT count(*) FROM devices WHERE last_read_at IS NULL) AS devices_never_read, (SELECT count(*) FROM devices) AS devices
