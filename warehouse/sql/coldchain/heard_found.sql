-- From when to when temperatures were told, and the silences between them, counted anew from all readings that are kept, by the
-- rule of heard_points: what lies before those stands. Grain: temp.found_heard a device, temp.found_gap a device x silence.
-- Inputs: core.temperature_reading, core.device_heard, core.device_gap, core.equipment, core.reporting_gap, core.readings_kept.
CREATE OR REPLACE TEMP TABLE found_point AS
WITH kept AS (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) AS since FROM core.readings_kept)
SELECT r.equipment_id, r.read_at AS told_at FROM core.temperature_reading r, kept WHERE r.temp_c IS NOT NULL AND r.read_at >= kept.since
UNION
SELECT h.equipment_id, coalesce(g.from_at, least(h.last_at, kept.since))
FROM core.device_heard h CROSS JOIN kept
LEFT JOIN core.device_gap g ON g.equipment_id = h.equipment_id AND g.from_at < kept.since AND g.to_at > kept.since
WHERE h.first_at < kept.since;

CREATE OR REPLACE TEMP TABLE found_gap AS
WITH beside AS (
    SELECT p.equipment_id, lag(p.told_at) OVER (PARTITION BY p.equipment_id ORDER BY p.told_at) AS from_at, p.told_at AS to_at,
           coalesce(g.gap_minutes, 60) AS gap_minutes
    FROM temp.found_point p LEFT JOIN core.equipment e USING (equipment_id) LEFT JOIN core.reporting_gap g USING (reporting_mode))
SELECT equipment_id, from_at, to_at FROM beside WHERE to_at - from_at > to_minutes(gap_minutes);

CREATE OR REPLACE TEMP TABLE found_heard AS
WITH kept AS (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) AS since FROM core.readings_kept)
SELECT p.equipment_id, CASE WHEN any_value(h.first_at) < any_value(kept.since) THEN any_value(h.first_at) ELSE min(p.told_at) END AS first_at,
       max(p.told_at) AS last_at
FROM temp.found_point p CROSS JOIN kept LEFT JOIN core.device_heard h USING (equipment_id) GROUP BY p.equipment_id;
DROP TABLE temp.found_point;
