-- Grain: key of one feed ($feed) that is held or incoming. Full refresh ($is_full): a key gone while its area still
-- reports has vanished; a key of an area that is wholly absent, or whose row was set aside, is kept. Nothing vanishes
-- from a feed of deltas. moved: the figure stands, its split changed. told: a measure told for the first time.
-- Inputs: declared.cell, incoming, set_aside.
INSERT INTO change
WITH held AS (FROM declared.cell WHERE feed = $feed),
fresh AS (FROM incoming WHERE feed = $feed),
reporting AS (SELECT DISTINCT area_code FROM fresh),
aside AS (SELECT DISTINCT area_code, day, product FROM set_aside WHERE feed = $feed),
-- Part of a key that could not be read may have been any.
doubtful AS (
    SELECT DISTINCT h.area_code, h.day, h.product FROM held h JOIN aside a
      ON (a.area_code IS NULL OR a.area_code = h.area_code) AND (a.day IS NULL OR a.day = h.day)
     AND (a.product IS NULL OR a.product = h.product))
SELECT $feed, coalesce(n.area_code, h.area_code), coalesce(n.day, h.day), coalesce(n.product, h.product), h.value, n.value,
       CASE
           WHEN h.value IS NULL THEN 'appeared'
           WHEN n.value IS NULL AND $is_full AND r.area_code IS NOT NULL AND a.area_code IS NULL THEN 'vanished'
           WHEN n.value IS NULL THEN 'kept'
           WHEN n.value > h.value THEN 'up'
           WHEN n.value < h.value THEN 'down'
           WHEN n.dose1_people <> h.dose1_people OR n.full_people <> h.full_people
               OR n.boosted_people <> h.boosted_people OR n.pending_doses <> h.pending_doses THEN 'moved'
           WHEN n.dose1_people IS DISTINCT FROM h.dose1_people OR n.full_people IS DISTINCT FROM h.full_people
               OR n.boosted_people IS DISTINCT FROM h.boosted_people
               OR n.pending_doses IS DISTINCT FROM h.pending_doses THEN 'told'
           ELSE 'same'
       END
FROM held h
FULL JOIN fresh n ON n.area_code = h.area_code AND n.day = h.day AND n.product = h.product
LEFT JOIN reporting r ON r.area_code = h.area_code
LEFT JOIN doubtful a ON a.area_code = h.area_code AND a.day = h.day AND a.product = h.product
