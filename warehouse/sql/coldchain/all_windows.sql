-- Grain: device x edge: every run counted anew from all readings that are kept. Inputs: core.device_edge.
CREATE OR REPLACE TEMP TABLE run_window AS
SELECT equipment_id, edge, celsius, inclusive, gap_minutes, '-infinity'::TIMESTAMPTZ AS since,
       NULL::TIMESTAMPTZ AS seed_started_at, NULL::TIMESTAMPTZ AS seed_at, NULL::BIGINT AS seed_readings,
       NULL::DOUBLE AS seed_extreme_c, NULL::TIMESTAMPTZ AS seed_heard_at
FROM core.device_edge;
