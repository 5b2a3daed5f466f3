-- What devices told that was out of order, for how long, and by which rules it is judged.

-- Grain: class of storage (data/reference/cold_chain_classes.csv). Degrees Celsius; inclusive: the limit itself is outside.
CREATE TABLE IF NOT EXISTS core.storage_class (
    storage_class VARCHAR NOT NULL, low_c DOUBLE, high_c DOUBLE, low_alarm_c DOUBLE, low_alarm_minutes INTEGER,
    low_alarm_inclusive BOOLEAN, high_alarm_c DOUBLE, high_alarm_minutes INTEGER, high_alarm_inclusive BOOLEAN);

-- Grain: way of reporting: the silence that breaks an excursion off.
CREATE TABLE IF NOT EXISTS core.reporting_gap (reporting_mode VARCHAR NOT NULL, gap_minutes INTEGER NOT NULL);

-- Grain: fault that a device tells by a flag (power, battery, probe, door): after how many minutes it is an alarm.
CREATE TABLE IF NOT EXISTS core.flag_alarm (edge VARCHAR NOT NULL, alarm_minutes INTEGER NOT NULL);

-- Grain: device x edge x uninterrupted stretch of readings beyond it. started_at, last_out_at: first and last reading
-- outside. ended: back_in_range (ended_at: the first reading back inside), unknown (nothing heard for longer than the gap;
-- ended_at: the last reading outside), ongoing (ended_at NULL). heard_at, end_heard_at: when its last reading outside, and the one
-- that ended it, reached the registry; nobody saw the end of an unknown one, of which the last reading outside stands for it. archived: its readings have been let go, so that it is
-- neither counted again nor changed.
CREATE TABLE IF NOT EXISTS core.device_run (
    equipment_id VARCHAR NOT NULL, edge VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL, last_out_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ, ended VARCHAR NOT NULL, readings BIGINT NOT NULL, extreme_c DOUBLE,
    heard_at TIMESTAMPTZ NOT NULL, end_heard_at TIMESTAMPTZ, archived BOOLEAN NOT NULL);

-- Grain: device of which a temperature was ever told: the first and the last. Kept longer than the readings are.
CREATE TABLE IF NOT EXISTS core.device_heard (
    equipment_id VARCHAR NOT NULL, first_at TIMESTAMPTZ NOT NULL, last_at TIMESTAMPTZ NOT NULL);

-- Grain: device x silence between two temperatures that lie further apart than its way of reporting allows. Open at both ends.
CREATE TABLE IF NOT EXISTS core.device_gap (
    equipment_id VARCHAR NOT NULL, from_at TIMESTAMPTZ NOT NULL, to_at TIMESTAMPTZ NOT NULL);

-- Grain: one row: readings before this instant have been let go.
CREATE TABLE IF NOT EXISTS core.readings_kept (since TIMESTAMPTZ NOT NULL);

-- Grain: device x instant from which it is in a status, by what persons and the register say. 1970: since it is there.
CREATE OR REPLACE VIEW core.equipment_history AS
SELECT equipment_id, since, status, coalesce(reason, '') AS reason, true AS by_person FROM core.equipment_status
UNION ALL
SELECT equipment_id, coalesce(status_since, installed_on::TIMESTAMPTZ, '1970-01-01'::TIMESTAMPTZ), status, '', false
FROM core.equipment WHERE status IS NOT NULL
UNION ALL
SELECT equipment_id, retired_on::TIMESTAMPTZ, 'not_in_use', '', false FROM core.equipment WHERE retired_on IS NOT NULL;

-- Grain: device x edge that it is judged by. A device's own limit wins over its class: it is then both the edge of the range
-- and that of the alarm, and is itself inside; its own minutes to an alarm win, too. Where a class has an alarm limit of its own, beyond its range, that is an
-- edge of its own (low_alarm, high_alarm). celsius is NULL for faults told by a flag, alarm_minutes for an edge that alone
-- is no alarm.
CREATE OR REPLACE VIEW core.device_edge AS
WITH device AS (
    SELECT e.equipment_id, e.low_limit_c, e.high_limit_c, coalesce(g.gap_minutes, 60) AS gap_minutes,
           c.* REPLACE (coalesce(e.low_minutes, c.low_alarm_minutes) AS low_alarm_minutes,
                        coalesce(e.high_minutes, c.high_alarm_minutes) AS high_alarm_minutes),
           e.low_limit_c IS NULL AND c.low_alarm_minutes IS NOT NULL
               AND (c.low_alarm_c <> c.low_c OR c.low_alarm_inclusive) AS low_apart,
           e.high_limit_c IS NULL AND c.high_alarm_minutes IS NOT NULL
               AND (c.high_alarm_c <> c.high_c OR c.high_alarm_inclusive) AS high_apart
    FROM core.equipment e LEFT JOIN core.storage_class c USING (storage_class)
    LEFT JOIN core.reporting_gap g USING (reporting_mode))
SELECT equipment_id, 'high' AS edge, coalesce(high_limit_c, high_c) AS celsius, false AS inclusive,
       CASE WHEN NOT high_apart THEN high_alarm_minutes END AS alarm_minutes, gap_minutes
FROM device WHERE coalesce(high_limit_c, high_c) IS NOT NULL
UNION ALL
SELECT equipment_id, 'high_alarm', high_alarm_c, high_alarm_inclusive, high_alarm_minutes, gap_minutes
FROM device WHERE high_apart
UNION ALL
SELECT equipment_id, 'low', coalesce(low_limit_c, low_c), false,
       CASE WHEN NOT low_apart THEN low_alarm_minutes END, gap_minutes
FROM device WHERE coalesce(low_limit_c, low_c) IS NOT NULL
UNION ALL
SELECT equipment_id, 'low_alarm', low_alarm_c, low_alarm_inclusive, low_alarm_minutes, gap_minutes
FROM device WHERE low_apart
UNION ALL
SELECT equipment_id, edge, NULL, NULL, alarm_minutes, gap_minutes FROM device CROSS JOIN core.flag_alarm;
