-- From when to when temperatures were told, and the silences between them, counted anew from all readings that are kept, by the
-- rule of heard_points: what lies before those stands. Grain: temp.found_heard a device, temp.found_gap a device x silence.
-- Inputs: core.temperature_reading, core.device_heard, core.device_gap, core.equipment, core.reporting_gap, core.readings_kept.
CREATE OR REPLACE TEMP TABLE found_point AS
WITH kept AS (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) AS since FROM core.readings_kept)
SELECT r.equipment_id, r.read_at AS told_at FROM core.temperature_reading r, kept WHERE r.temp_c IS NOT NULL AND r.read_at >= kept.since
UNION ALL
SELECT h.equipment_id, coalesce(g.from_at, least(h.last_at, kept.since))
FROM core.device_heard h CROSS JOIN kept
LEFT JOIN core.device_gap g ON g.equipment_id = h.equipment_id AND g.from_at < kept.since AND g.to_at > kept.since
WHERE h.first_at < kept.since;

-- Several readings at one instant are none apart. Modes of reporting are looked up for the few silences only.
CREATE OR REPLACE TEMP TABLE found_gap AS
WITH beside AS (
    SELECT equipment_id, lag(told_at) OVER (PARTITION BY equipment_id ORDER BY told_at) AS from_at, told_at AS to_at
    FROM temp.found_point),
long AS (
    SELECT * FROM beside
    WHERE to_at - from_at > to_minutes(least(60, (SELECT min(gap_minutes) FROM core.reporting_gap))))
SELECT l.equipment_id, l.from_at, l.to_at
FROM long l LEFT JOIN core.equipment e USING (equipment_id) LEFT JOIN core.reporting_gap g USING (reporting_mode)
WHERE l.to_at - l.from_at > to_minutes(coalesce(g.gap_minutes, 60));

CREATE OR REPLACE TEMP TABLE found_heard AS
WITH kept AS (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) AS since FROM core.readings_kept)
SELECT p.equipment_id, CASE WHEN any_value(h.first_at) < any_value(kept.since) THEN any_value(h.first_at) ELSE min(p.told_at) END AS first_at,
       max(p.told_at) AS last_at
FROM temp.found_point p CROSS JOIN kept LEFT JOIN core.device_heard h USING (equipment_id) GROUP BY p.equipment_id;
DROP TABLE temp.found_point;
