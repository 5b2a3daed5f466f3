-- For how long a device keeps its temperature without power, by the register. Inputs: 0001, 0003, 0025.

-- Hours; NULL: the register does not tell.
ALTER TABLE registry.equipment ADD COLUMN holdover_hours double precision
    CHECK (holdover_hours > 0 AND holdover_hours < 10000);

-- Columns are added at the end.
CREATE OR REPLACE VIEW feed.equipment AS
    SELECT equipment_id, store_code, kind, storage_class, litres, reporting_mode, low_limit_c, high_limit_c,
           installed_on, retired_on, row_version, model, status, status_since, low_minutes, high_minutes, holdover_hours
    FROM registry.equipment;
