-- The silences between the points found take the place of those that were there. Inputs: temp.heard_point, temp.heard_place,
-- temp.heard_again, core.equipment, core.reporting_gap, core.readings_kept.
CREATE OR REPLACE TEMP TABLE heard_now AS
WITH kept AS (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) AS since FROM core.readings_kept),
span AS (SELECT equipment_id, min(told_at) AS first_at, max(told_at) AS last_at FROM temp.heard_point GROUP BY equipment_id)
SELECT s.equipment_id, CASE WHEN a.equipment_id IS NULL OR h.first_at < kept.since THEN least(h.first_at, s.first_at) ELSE s.first_at END AS first_at,
       CASE WHEN a.equipment_id IS NULL THEN greatest(h.last_at, s.last_at) ELSE s.last_at END AS last_at
FROM span s CROSS JOIN kept LEFT JOIN core.device_heard h USING (equipment_id) LEFT JOIN temp.heard_again a USING (equipment_id);

DELETE FROM core.device_gap USING temp.heard_place p
WHERE device_gap.equipment_id = p.equipment_id AND device_gap.from_at = p.from_at;
DELETE FROM core.device_gap WHERE equipment_id IN (SELECT equipment_id FROM temp.heard_again)
    AND to_at > (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) FROM core.readings_kept);
INSERT INTO core.device_gap BY NAME
WITH beside AS (
    SELECT p.equipment_id, lag(p.told_at) OVER (PARTITION BY p.equipment_id, p.part ORDER BY p.told_at) AS from_at, p.told_at AS to_at,
           coalesce(g.gap_minutes, 60) AS gap_minutes
    FROM temp.heard_point p LEFT JOIN core.equipment e USING (equipment_id) LEFT JOIN core.reporting_gap g USING (reporting_mode))
SELECT equipment_id, from_at, to_at FROM beside WHERE to_at - from_at > to_minutes(gap_minutes);
DELETE FROM core.device_heard WHERE equipment_id IN (SELECT equipment_id FROM temp.heard_again UNION SELECT equipment_id FROM temp.heard_now);
INSERT INTO core.device_heard BY NAME FROM temp.heard_now;
DROP TABLE temp.heard_now; DROP TABLE temp.heard_point; DROP TABLE temp.heard_place; DROP TABLE temp.heard_again;
