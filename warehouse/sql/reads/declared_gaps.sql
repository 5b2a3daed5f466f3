-- Grain: area. Unit: $measure of the days that were declared. declared and recorded are two counts of the same thing and
-- are only ever subtracted. The buckets are whole days from the declared day to the day of the snapshot; the four gaps
-- add up to gap. Where a day was declared for all ages together that figure counts, else the sum of its age groups.
-- Inputs: declared_gap, snapshot_info.
WITH whole AS (
    SELECT area_code, day,
           coalesce(sum(declared) FILTER (WHERE age_group = 'all'), sum(declared)) AS declared,
           coalesce(sum(recorded) FILTER (WHERE age_group = 'all'), sum(recorded)) AS recorded,
           max(declared_at) AS declared_at,
           date_diff('day', day, (SELECT as_of::DATE FROM snapshot_info)) AS age
    FROM declared_gap WHERE measure = $measure GROUP BY area_code, day)
SELECT area_code, sum(declared)::BIGINT AS declared, sum(recorded)::BIGINT AS recorded,
       coalesce(sum(declared - recorded) FILTER (WHERE age <= 3), 0)::BIGINT AS gap_0_3,
       coalesce(sum(declared - recorded) FILTER (WHERE age BETWEEN 4 AND 7), 0)::BIGINT AS gap_4_7,
       coalesce(sum(declared - recorded) FILTER (WHERE age BETWEEN 8 AND 30), 0)::BIGINT AS gap_8_30,
       coalesce(sum(declared - recorded) FILTER (WHERE age > 30), 0)::BIGINT AS gap_over_30,
       max(day) AS last_day, max(declared_at) AS declared_at
FROM whole GROUP BY area_code ORDER BY sum(declared - recorded) DESC, area_code
