-- Grain: device x edge x run within the windows. It depends on the readings alone, not on the order in which they came: of
-- several at one instant the one furthest out counts, and one that tells nothing of the edge is as if it were not there.
-- Inputs: temp.run_asked, core.temperature_reading. Leaves temp.found_run for the devices of one of $pieces pieces.
CREATE OR REPLACE TEMP TABLE found_run AS
WITH asked AS (FROM temp.run_asked WHERE hash(equipment_id) % $pieces = $piece),
told AS (
    SELECT w.equipment_id, w.edge, r.read_at AS told_at,
           CASE WHEN w.edge IN ('high', 'high_alarm') THEN max(r.temp_c)
                WHEN w.edge IN ('low', 'low_alarm') THEN min(r.temp_c) END AS temp_c,
           bool_or(CASE w.edge WHEN 'power' THEN NOT r.power_on WHEN 'battery' THEN NOT r.battery_ok
                               -- A reading without a temperature is a fault of the probe, whatever else it says.
                               WHEN 'probe' THEN NOT coalesce(r.probe_ok, true) OR r.temp_c IS NULL
                               WHEN 'door' THEN r.door_open END) AS faulty, min(r.received_at) AS heard_at,
           any_value(w.celsius) AS celsius, any_value(w.inclusive) AS inclusive, any_value(w.gap_minutes) AS gap_minutes
    FROM asked w JOIN core.temperature_reading r
        ON r.equipment_id = w.equipment_id AND r.read_at >= w.since AND (w.seed_at IS NULL OR r.read_at > w.seed_at)
    WHERE r.read_at >= (SELECT min(since) FROM asked)
      AND CASE w.edge WHEN 'power' THEN r.power_on IS NOT NULL WHEN 'battery' THEN r.battery_ok IS NOT NULL
                      WHEN 'probe' THEN true WHEN 'door' THEN r.door_open IS NOT NULL
                      ELSE r.temp_c IS NOT NULL END
    GROUP BY w.equipment_id, w.edge, r.read_at),
judged AS (
    SELECT equipment_id, edge, told_at, told_at AS started_at, 1::BIGINT AS readings, temp_c AS extreme_c, gap_minutes,
           heard_at, CASE WHEN celsius IS NULL THEN faulty WHEN temp_c = celsius THEN inclusive
                WHEN edge IN ('high', 'high_alarm') THEN temp_c > celsius ELSE temp_c < celsius END AS outside
    FROM told
    UNION ALL
    SELECT equipment_id, edge, seed_at, seed_started_at, seed_readings, seed_extreme_c, gap_minutes, seed_heard_at,
           true
    FROM asked WHERE seed_at IS NOT NULL),
beside AS (
    SELECT *, lag(outside) OVER w AS was_outside, lag(told_at) OVER w AS before_at, lead(told_at) OVER w AS next_at,
           lead(heard_at) OVER w AS next_heard_at
    FROM judged WINDOW w AS (PARTITION BY equipment_id, edge ORDER BY told_at)),
numbered AS (
    SELECT *, count_if(NOT coalesce(was_outside AND told_at - before_at <= to_minutes(gap_minutes), false))
              OVER (PARTITION BY equipment_id, edge ORDER BY told_at) AS run
    FROM beside WHERE outside),
runs AS (
    SELECT equipment_id, edge, min(started_at) AS started_at, max(told_at) AS last_out_at, arg_max(next_at, told_at) AS next_at,
           arg_max(heard_at, told_at) AS heard_at, arg_max(next_heard_at, told_at) AS next_heard_at,
           -- arg_max passes over a NULL: the next reading of an earlier one is not that of the last.
           bool_or(next_at IS NULL) AS newest, any_value(gap_minutes) AS gap_minutes, sum(readings)::BIGINT AS readings,
           CASE WHEN edge IN ('high', 'high_alarm') THEN max(extreme_c) ELSE min(extreme_c) END AS extreme_c
    FROM numbered GROUP BY equipment_id, edge, run)
SELECT equipment_id, edge, started_at, last_out_at,
       CASE WHEN newest THEN NULL WHEN next_at - last_out_at > to_minutes(gap_minutes) THEN last_out_at ELSE next_at END
           AS ended_at,
       CASE WHEN newest THEN 'ongoing' WHEN next_at - last_out_at > to_minutes(gap_minutes) THEN 'unknown'
            ELSE 'back_in_range' END AS ended,
       readings, extreme_c, heard_at, CASE WHEN newest THEN NULL WHEN next_at - last_out_at > to_minutes(gap_minutes) THEN heard_at ELSE next_heard_at END
           AS end_heard_at, false AS archived
FROM runs;
