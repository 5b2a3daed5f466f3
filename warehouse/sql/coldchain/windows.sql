-- Grain: device x edge that new readings touch: from when on its runs are counted anew. A run that the first touched reading
-- can only prolong or end is carried on from its last reading outside (seed_*), so that a week of heat is not read again
-- every minute; one that it may change in its middle is read again from its first reading. An archived run stays as it is.
-- Inputs: temp.incoming_temperature_reading, temp.replaced_reading, core.device_edge, core.device_run.
CREATE OR REPLACE TEMP TABLE run_window AS
WITH instants AS (
    SELECT equipment_id, read_at, false AS corrected FROM temp.incoming_temperature_reading
    UNION ALL
    SELECT equipment_id, read_at, true FROM temp.replaced_reading
    WHERE reading_id IN (SELECT reading_id FROM temp.incoming_temperature_reading)),
touched AS (
    SELECT equipment_id, min(read_at) AS first_at, bool_or(corrected) AS corrected FROM instants GROUP BY equipment_id),
latest AS (
    SELECT r.equipment_id, r.edge, max(r.started_at) AS started_at
    FROM core.device_run r JOIN touched t ON t.equipment_id = r.equipment_id AND r.started_at < t.first_at
    GROUP BY ALL),
near AS (
    SELECT e.equipment_id, e.edge, e.celsius, e.inclusive, e.gap_minutes, t.first_at, r.started_at, r.last_out_at, r.readings,
           r.extreme_c, r.heard_at,
           r.started_at IS NOT NULL AND NOT r.archived AND (r.ended = 'ongoing' OR (r.ended = 'back_in_range' AND r.ended_at >= t.first_at)
               -- A correction may take away the reading that came after the silence.
               OR (r.ended = 'unknown' AND (t.corrected OR t.first_at <= r.last_out_at + to_minutes(e.gap_minutes)))) AS near
    FROM touched t JOIN core.device_edge e USING (equipment_id)
    LEFT JOIN latest l ON l.equipment_id = e.equipment_id AND l.edge = e.edge
    LEFT JOIN core.device_run r ON r.equipment_id = l.equipment_id AND r.edge = l.edge AND r.started_at = l.started_at)
SELECT equipment_id, edge, celsius, inclusive, gap_minutes,
       CASE WHEN NOT near THEN first_at WHEN first_at > last_out_at THEN last_out_at
            ELSE started_at END AS since,
       CASE WHEN near AND first_at > last_out_at THEN started_at END AS seed_started_at,
       CASE WHEN near AND first_at > last_out_at THEN last_out_at END AS seed_at,
       CASE WHEN near AND first_at > last_out_at THEN readings END AS seed_readings,
       CASE WHEN near AND first_at > last_out_at THEN extreme_c END AS seed_extreme_c,
       CASE WHEN near AND first_at > last_out_at THEN heard_at END AS seed_heard_at
FROM near;
