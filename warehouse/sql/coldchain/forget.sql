-- Grain: reading before $before that may be let go: not one of a run that went on after it, which may yet change.
-- Inputs: core.temperature_reading, core.device_run.
CREATE OR REPLACE TEMP TABLE let_go AS
SELECT r.reading_id, r.equipment_id FROM core.temperature_reading r
WHERE r.read_at < $before AND NOT EXISTS (
    SELECT 1 FROM core.device_run u
    WHERE u.equipment_id = r.equipment_id AND u.started_at <= r.read_at AND (u.ended_at IS NULL OR u.ended_at >= $before));
