-- Grain: one row. Feed $feed's measure $measure summed by $by ('cell': day and area, 'day',
-- 'area' or 'nation') against the publisher's own
-- figures (incoming rows of feed $check). Totals: of all keys, or the last day's where the feed is cumulative.
-- Inputs: declared.cell, incoming.
WITH ours AS (
    SELECT CASE $by WHEN 'cell' THEN day::VARCHAR || ' ' || area_code WHEN 'day' THEN day::VARCHAR
                    WHEN 'area' THEN area_code ELSE '' END AS key,
           sum(CASE $measure WHEN 'value' THEN value WHEN 'dose1_people' THEN dose1_people
                             WHEN 'full_people' THEN full_people WHEN 'boosted_people' THEN boosted_people
                             WHEN 'pending_doses' THEN pending_doses END) AS figure
    FROM declared.cell WHERE feed = $feed GROUP BY key),
theirs AS (
    SELECT CASE $by WHEN 'cell' THEN day::VARCHAR || ' ' || area_code WHEN 'day' THEN day::VARCHAR
                    WHEN 'area' THEN area_code ELSE '' END AS key, sum(value) AS figure
    FROM incoming WHERE feed = $check GROUP BY key),
both_sides AS (
    SELECT key, o.figure AS ours, t.figure AS theirs FROM ours o FULL JOIN theirs t USING (key))
SELECT coalesce(CASE WHEN $is_cumulative THEN arg_max(ours, key) FILTER (WHERE ours IS NOT NULL) ELSE sum(ours) END, 0)
           ::BIGINT AS left_side,
       coalesce(CASE WHEN $is_cumulative THEN arg_max(theirs, key) FILTER (WHERE theirs IS NOT NULL) ELSE sum(theirs) END,
                0)::BIGINT AS right_side,
       count(*) AS keys,
       count(*) FILTER (WHERE ours IS DISTINCT FROM theirs) AS differing,
       coalesce(min(key) FILTER (WHERE ours IS DISTINCT FROM theirs), '') AS first_differing
FROM both_sides
