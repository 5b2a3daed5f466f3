-- Grain: device x edge of the equipment that came: every run of it counted anew, since its limits may be others. Runs of edges
-- that it has no longer go. Inputs: temp.incoming_equipment, core.device_edge, core.device_run.
CREATE OR REPLACE TEMP TABLE run_window AS
SELECT equipment_id, edge, celsius, inclusive, gap_minutes, '-infinity'::TIMESTAMPTZ AS since,
       NULL::TIMESTAMPTZ AS seed_started_at, NULL::TIMESTAMPTZ AS seed_at, NULL::BIGINT AS seed_readings,
       NULL::DOUBLE AS seed_extreme_c, NULL::TIMESTAMPTZ AS seed_heard_at
FROM core.device_edge WHERE equipment_id IN (SELECT equipment_id FROM temp.incoming_equipment);
DELETE FROM core.device_run WHERE NOT archived AND equipment_id IN (SELECT equipment_id FROM temp.incoming_equipment)
    AND (equipment_id, edge) NOT IN (SELECT (equipment_id, edge) FROM temp.run_window);
