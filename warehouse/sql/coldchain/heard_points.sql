-- Grain: device x part of its history that new readings touch x instant at which a temperature was told in that part. What
-- lies within a stretch that was heard already changes nothing. A reading in a silence splits it; one before the first or after
-- the last carries the history on. Devices of which a reading was moved or withdrawn, and those that came anew, are looked at
-- again from the readings that are kept (part 'again'); before those, what was found stands.
-- Inputs: temp.incoming_temperature_reading, temp.replaced_reading, temp.incoming_equipment, core.device_heard, core.device_gap,
-- core.temperature_reading, core.readings_kept.
CREATE OR REPLACE TEMP TABLE heard_again AS
SELECT DISTINCT unnest([r.equipment_id, i.equipment_id]) AS equipment_id
FROM temp.replaced_reading r JOIN temp.incoming_temperature_reading i USING (reading_id)
WHERE r.equipment_id <> i.equipment_id OR r.read_at <> i.read_at OR (r.temp_c IS NULL) <> (i.temp_c IS NULL)
UNION
SELECT equipment_id FROM temp.incoming_equipment;

CREATE OR REPLACE TEMP TABLE heard_place AS
WITH told AS (
    SELECT DISTINCT equipment_id, read_at AS told_at FROM temp.incoming_temperature_reading
    WHERE temp_c IS NOT NULL AND equipment_id NOT IN (SELECT equipment_id FROM temp.heard_again))
SELECT t.equipment_id, t.told_at, h.first_at, h.last_at, g.from_at, g.to_at,
       CASE WHEN h.equipment_id IS NULL THEN 'new' WHEN t.told_at > h.last_at THEN 'after' WHEN t.told_at < h.first_at THEN 'before'
            ELSE g.from_at::VARCHAR END AS part
FROM told t LEFT JOIN core.device_heard h USING (equipment_id)
LEFT JOIN core.device_gap g ON g.equipment_id = t.equipment_id AND t.told_at > g.from_at AND t.told_at < g.to_at;

CREATE OR REPLACE TEMP TABLE heard_point AS
WITH kept AS (SELECT coalesce(max(since), '-infinity'::TIMESTAMPTZ) AS since FROM core.readings_kept)
SELECT equipment_id, part, told_at FROM temp.heard_place WHERE part IS NOT NULL
UNION
SELECT equipment_id, part, unnest(CASE part WHEN 'new' THEN [] WHEN 'after' THEN [last_at] WHEN 'before' THEN [first_at]
                                            ELSE [from_at, to_at] END)
FROM temp.heard_place WHERE part IS NOT NULL
UNION
SELECT r.equipment_id, 'again', r.read_at FROM core.temperature_reading r SEMI JOIN temp.heard_again USING (equipment_id), kept
WHERE r.temp_c IS NOT NULL AND r.read_at >= kept.since
UNION
-- The last word before the readings that are kept, as far as it is known.
SELECT h.equipment_id, 'again', coalesce(g.from_at, least(h.last_at, kept.since))
FROM core.device_heard h SEMI JOIN temp.heard_again USING (equipment_id) CROSS JOIN kept
LEFT JOIN core.device_gap g ON g.equipment_id = h.equipment_id AND g.from_at < kept.since AND g.to_at > kept.since
WHERE h.first_at < kept.since;
