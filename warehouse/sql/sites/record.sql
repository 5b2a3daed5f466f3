-- Grain: site: the instant at which it entered its newest dose. An earlier one never takes a later one's place, whatever
-- the order in which records come. Inputs: entered (site_code, last_recorded_at), registered for this statement.
MERGE INTO core.site_record AS held USING entered AS new ON held.site_code = new.site_code
WHEN MATCHED AND new.last_recorded_at > held.last_recorded_at THEN UPDATE SET last_recorded_at = new.last_recorded_at
WHEN NOT MATCHED THEN INSERT (site_code, last_recorded_at) VALUES (new.site_code, new.last_recorded_at)
