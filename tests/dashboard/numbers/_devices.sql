-- Grain: device: what it is said to be, and since when. Variables: live_minutes, hand_minutes, file_minutes, area.
CREATE TEMP MACRO lasted(m) AS CASE
    WHEN m < 60 THEN m::VARCHAR
    WHEN m < 2880 THEN (m // 60) || ' ' || lpad((m % 60)::VARCHAR, 2, '0')
    ELSE (m // 1440) || ' ' || (m % 1440 // 60) END;
CREATE TEMP MACRO degrees(x) AS coalesce(replace(tenth(x), '-', '−'), '');
CREATE TEMP VIEW device_now AS
WITH going_on AS (
    SELECT equipment_id, started_at, edge NOT IN ('power', 'battery', 'probe', 'door') AS by_temperature,
           coalesce(date_diff('second', started_at, last_out_at) // 60 >= alarm_minutes, false) AS reached
    FROM device_run WHERE ended_at IS NULL),
signs AS (
    SELECT equipment_id, min(started_at) FILTER (WHERE by_temperature AND reached) AS alarm,
           min(started_at) FILTER (WHERE by_temperature) AS out, min(started_at) FILTER (WHERE NOT by_temperature AND reached) AS fault
    FROM going_on GROUP BY equipment_id),
known AS (
    SELECT d.*, e.last_read_at, e.temp_c, s.alarm, s.out, s.fault, i.as_of,
           e.last_read_at + to_minutes(CASE e.reporting_mode WHEN 'hand' THEN getvariable('hand_minutes')
               WHEN 'file' THEN getvariable('file_minutes') ELSE getvariable('live_minutes') END::INTEGER) <= i.as_of AS silent
    FROM device d JOIN equipment_state e USING (equipment_id) LEFT JOIN signs s USING (equipment_id) CROSS JOIN snapshot_info i
    WHERE getvariable('area') IN ('', d.area_code))
SELECT *, CASE WHEN last_read_at IS NULL THEN 'never' WHEN alarm IS NOT NULL THEN 'alarm' WHEN silent THEN 'silent'
               WHEN out IS NOT NULL THEN 'out' WHEN fault IS NOT NULL THEN 'fault' ELSE 'good' END AS state
FROM known;
