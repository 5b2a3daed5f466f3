-- What was counted anew (temp.found_heard, temp.found_gap) takes the place of what was there; silences that ended before the first
-- reading that is kept stand. Inputs: core.readings_kept.
DELETE FROM core.device_gap WHERE to_at > (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) FROM core.readings_kept);
INSERT INTO core.device_gap BY NAME FROM temp.found_gap;
DELETE FROM core.device_heard;
INSERT INTO core.device_heard BY NAME FROM temp.found_heard;
