-- Grain: device: what it is said to be, and since when. Variables: live_minutes, hand_minutes, file_minutes, area.
CREATE TEMP MACRO lasted(m) AS CASE
    WHEN m < 60 THEN m::VARCHAR
    WHEN m < 2880 THEN (m // 60) || ' ' || lpad((m % 60)::VARCHAR, 2, '0')
    ELSE (m // 1440) || ' ' || (m % 1440 // 60) END;
CREATE TEMP MACRO degrees(x) AS coalesce(replace(tenth(x), '-', '−'), '');
CREATE TEMP VIEW device_now AS
WITH going_on AS (
    SELECT equipment_id, started_at, edge, date_diff('second', started_at, last_out_at) // 60 AS lasts, edge NOT IN ('power', 'battery', 'probe', 'door') AS by_temperature,
           coalesce(date_diff('second', started_at, last_out_at) // 60 >= alarm_minutes, false) AS reached
    FROM device_run WHERE ended_at IS NULL),
signs AS (
    SELECT equipment_id, min(started_at) FILTER (WHERE by_temperature AND reached) AS alarm,
           min(started_at) FILTER (WHERE by_temperature) AS out, min(started_at) FILTER (WHERE NOT by_temperature AND reached) AS fault,
           arg_min(lasts, (started_at, edge)) FILTER (WHERE by_temperature AND reached) AS alarm_lasts,
           arg_min(lasts, (started_at, edge)) FILTER (WHERE by_temperature) AS out_lasts,
           arg_min(lasts, (started_at, edge)) FILTER (WHERE NOT by_temperature AND reached) AS fault_lasts
    FROM going_on GROUP BY equipment_id),
known AS (
    SELECT d.*, n.status, n.status_since, n.status_reason, n.model, n.job_opened_at, n.job_assigned, n.holdover_hours, e.last_read_at, e.temp_c, s.alarm, s.out, s.fault, s.alarm_lasts, s.out_lasts, s.fault_lasts, i.as_of,
           e.last_read_at + to_minutes(CASE e.reporting_mode WHEN 'hand' THEN getvariable('hand_minutes')
               WHEN 'file' THEN getvariable('file_minutes') ELSE getvariable('live_minutes') END::INTEGER) <= i.as_of AS silent
    FROM device d JOIN equipment_state e USING (equipment_id) JOIN equipment_now n USING (equipment_id) LEFT JOIN signs s USING (equipment_id) CROSS JOIN snapshot_info i
    WHERE getvariable('area') IN ('', d.area_code))
SELECT *, CASE WHEN status IN ('not_working', 'not_in_use') THEN status WHEN last_read_at IS NULL THEN 'never' WHEN alarm IS NOT NULL THEN 'alarm' WHEN silent THEN 'silent'
               WHEN out IS NOT NULL THEN 'out' WHEN fault IS NOT NULL THEN 'fault' ELSE 'good' END AS state
FROM known;
-- Grain: device: minutes of the last 30 days in each of four ways, told minute by minute, and never by intervals.
CREATE TEMP TABLE device_minutes AS
WITH minute AS (
    SELECT h.*, unnest(generate_series(greatest(h.first_at, i.as_of - INTERVAL 30 DAY), i.as_of - INTERVAL 1 MINUTE, INTERVAL 1 MINUTE)) AS told_at, i.as_of
    FROM device_heard h CROSS JOIN snapshot_info i),
said AS (
    SELECT m.*, coalesce((SELECT arg_max(status, since) FROM equipment_history s WHERE s.equipment_id = m.equipment_id AND s.since <= m.told_at), 'working') AS status,
           (m.as_of > m.last_at + to_minutes(m.gap_minutes) AND m.told_at >= m.last_at)
             OR EXISTS (SELECT 1 FROM device_away a WHERE a.equipment_id = m.equipment_id AND a.kind = 'silent' AND m.told_at >= a.from_at AND m.told_at < a.to_at) AS silent,
           EXISTS (SELECT 1 FROM device_away a WHERE a.equipment_id = m.equipment_id AND a.kind = 'out' AND m.told_at >= a.from_at AND (a.to_at IS NULL OR m.told_at < a.to_at)) AS out
    FROM minute m)
SELECT equipment_id, count_if(status = 'not_working') AS down, count_if(status IN ('working', 'needs_repair') AND silent) AS silent,
       count_if(status IN ('working', 'needs_repair') AND out AND NOT silent) AS out,
       count_if(status IN ('working', 'needs_repair') AND NOT out AND NOT silent) AS good, count_if(status <> 'not_in_use') AS counted
FROM said GROUP BY equipment_id;
CREATE TEMP MACRO part(x, whole) AS percent(x, whole);
-- The four parts of a time side by side: the first is cut to a tenth of a per cent; what that and the cuts of the others leave goes to those of
-- the others of which most was cut, to the earlier one of two alike. ahead: how many come before this one.
CREATE TEMP MACRO cut_off(x, whole) AS 1000 * x % whole;
CREATE TEMP MACRO left_over(a, b, c, d, whole) AS 1000 - 1000 * a // whole - 1000 * b // whole - 1000 * c // whole - 1000 * d // whole;
CREATE TEMP MACRO given(x, ahead, free, whole) AS percent(1000 * x // whole + CASE WHEN ahead < free THEN 1 ELSE 0 END, 1000);
CREATE TEMP MACRO silent_part(good, silent, away, down, whole) AS CASE WHEN whole = 0 THEN percent(silent, whole) ELSE given(silent,
    CAST(cut_off(away, whole) > cut_off(silent, whole) AS INTEGER) + CAST(cut_off(down, whole) > cut_off(silent, whole) AS INTEGER),
    left_over(good, silent, away, down, whole), whole) END;
CREATE TEMP MACRO out_part(good, silent, away, down, whole) AS CASE WHEN whole = 0 THEN percent(away, whole) ELSE given(away,
    CAST(cut_off(silent, whole) >= cut_off(away, whole) AS INTEGER) + CAST(cut_off(down, whole) > cut_off(away, whole) AS INTEGER),
    left_over(good, silent, away, down, whole), whole) END;
CREATE TEMP MACRO down_part(good, silent, away, down, whole) AS CASE WHEN whole = 0 THEN percent(down, whole) ELSE given(down,
    CAST(cut_off(silent, whole) >= cut_off(down, whole) AS INTEGER) + CAST(cut_off(away, whole) >= cut_off(down, whole) AS INTEGER),
    left_over(good, silent, away, down, whole), whole) END;
CREATE TEMP VIEW registered AS
SELECT d.*, coalesce(m.good, 0) AS good, coalesce(m.silent, 0) AS silent_minutes, coalesce(m.out, 0) AS out_minutes, coalesce(m.down, 0) AS down,
       coalesce(m.counted, 0) AS counted, coalesce(h.alarms, 0) AS alarms
FROM device_now d LEFT JOIN device_minutes m USING (equipment_id) LEFT JOIN device_heard h USING (equipment_id);
