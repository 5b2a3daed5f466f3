-- Grain: one row, feed $feed. Unit: keys, and the feed's figure. Totals before and after: the sum of daily figures, or
-- of each area's last cumulative one ($is_cumulative). net_change: on keys held before, vanished ones counting as lost.
-- Inputs: change.
WITH c AS (
    SELECT *, CASE WHEN kind = 'vanished' THEN NULL ELSE coalesce(after, before) END AS standing
    FROM change WHERE feed = $feed),
last AS (
    SELECT arg_max(before, day) FILTER (WHERE before IS NOT NULL) AS before,
           arg_max(standing, day) FILTER (WHERE standing IS NOT NULL) AS standing
    FROM c GROUP BY area_code, product),
areas AS (
    SELECT count(DISTINCT area_code) FILTER (WHERE before IS NOT NULL) AS held,
           count(DISTINCT area_code) FILTER (WHERE after IS NOT NULL) AS reporting FROM c)
SELECT count(*) FILTER (WHERE kind = 'appeared') AS appeared,
       count(*) FILTER (WHERE kind = 'vanished') AS vanished,
       count(*) FILTER (WHERE kind = 'up') AS up,
       count(*) FILTER (WHERE kind = 'down') AS down,
       count(*) FILTER (WHERE kind = 'moved') AS moved,
       count(*) FILTER (WHERE kind = 'told') AS told,
       coalesce(sum(CASE WHEN kind = 'vanished' THEN -before ELSE after - before END)
           FILTER (WHERE kind IN ('up', 'down', 'vanished')), 0)::BIGINT AS net_change,
       count(before) AS held_keys,
       (SELECT held FROM areas) AS held_areas,
       (SELECT reporting FROM areas) AS reporting_areas,
       coalesce(CASE WHEN $is_cumulative THEN (SELECT sum(before) FROM last) ELSE sum(before) END, 0)::BIGINT
           AS held_total,
       coalesce(CASE WHEN $is_cumulative THEN (SELECT sum(standing) FROM last) ELSE sum(standing) END, 0)::BIGINT
           AS new_total,
       coalesce(sum(abs(before)), 0)::BIGINT AS held_volume,
       coalesce(sum(abs(after - before)) FILTER (WHERE kind IN ('up', 'down')), 0)::BIGINT AS revised_volume
FROM c
