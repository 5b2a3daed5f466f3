-- The stock as a planner would work it out by hand. Variables: area, store, lot, count_days, thaw_products and thaw_days (by product).
CREATE TEMP MACRO down(x) AS replace(tenth(floor(round(x * 10, 6)) / 10), '-', '−');
CREATE TEMP MACRO on_instant(x) AS coalesce(strftime(x AT TIME ZONE getvariable('zone'), '%H %M %d/%m/%Y'), '');
-- Grain: store x lot with decisions after excursions at work: whether any stops the doses, the earliest last day.
CREATE TEMP VIEW restricted AS
SELECT store_code, lot_number, count(*) FILTER (WHERE kind IN ('hold', 'discard')) > 0 AS stopped, min(usable_until) AS ends
FROM stock_mark GROUP BY ALL;
-- Grain: store x lot. fit: doses that their vials' monitors do not rule out. until: the last day of use; rests: the degrees of the storage that it rests on. An extension that asks for a way of storing does not reach doses thawed before.
CREATE TEMP VIEW heap AS
WITH level AS (
    SELECT b.*, (SELECT arg_max(state, valid_from) FROM lot_state s, snapshot_info i
                 WHERE s.lot_number = b.lot_number AND s.valid_from <= i.as_of) AS state,
           (SELECT arg_max(struct_pack(expires_on, kind, condition), (e.valid_from, kind = 'extension')) FROM lot_expiry e
            WHERE e.lot_number = b.lot_number AND e.valid_from <= (FROM today)
              AND NOT (kind = 'extension' AND condition IS NOT NULL AND b.thawed_on IS NOT NULL AND b.thawed_on < e.valid_from)) AS label,
           coalesce((SELECT discard FROM vial_monitor v WHERE v.store_code = b.store_code AND v.lot_number = b.lot_number), 0) AS gone,
           b.thawed_on + map(getvariable('thaw_products'), getvariable('thaw_days'))[b.product]::INTEGER AS thaw
    FROM stock_by_lot b)
SELECT *, least(label.expires_on, thaw, ends)::DATE AS until, greatest(on_hand, 0) AS doses, greatest(on_hand, 0) - gone AS fit,
       CASE WHEN least(label.expires_on, thaw, ends)::DATE < (FROM today) THEN 'past' WHEN state = 'released' AND stopped IS NOT TRUE THEN 'usable' ELSE 'blocked' END AS standing,
       least(label.expires_on, thaw, ends)::DATE - (FROM today) AS days_left,
       CASE WHEN ends < label.expires_on THEN '' WHEN label.kind = 'extension' AND label.condition IS NOT NULL AND thawed_on IS NULL
            THEN replace(regexp_replace(label.condition, '^(.*)\.\.(.*) C$', ' \1 \2'), '-', '−') ELSE '' END AS rests
FROM level LEFT JOIN restricted USING (store_code, lot_number);
-- Grain: store: the place whose row counts it. The national and regional stores are of no province, as the central units are.
CREATE TEMP VIEW placed AS
SELECT store_code, CASE WHEN level IN ('national', 'regional') THEN 'national' ELSE area_code END AS place FROM store;
-- Grain: place ('nation', 'national', an area) x product: doses given over the days of the store that had stock the longest. The
-- national and regional stores serve the nation.
CREATE TEMP VIEW place_pace AS
WITH gives AS (
    SELECT place, product, used_doses, stock_days FROM stock_use JOIN placed USING (store_code) WHERE place <> 'national'
    UNION ALL SELECT p.place, product, used_doses, stock_days FROM stock_use, (VALUES ('nation'), ('national')) p(place))
SELECT place, product, sum(used_doses) / max(stock_days) AS pace FROM gives GROUP BY ALL HAVING sum(used_doses) > 0;
-- Grain: area x lot x thaw date with usable doses that have an expiry: what the pace leaves over. Of all that expire up to a
-- day at most the pace times the days up to it is used, and what was over once stays over.
CREATE TEMP VIEW area_lot AS
WITH dated AS (
    SELECT place, lot_number, thawed_on, product, until, rests, days_left, sum(fit) AS doses
    FROM heap JOIN placed USING (store_code) WHERE standing = 'usable' AND fit > 0 AND until IS NOT NULL GROUP BY ALL),
pooled AS (
    FROM dated
    UNION ALL SELECT 'nation', until::VARCHAR, NULL, product, until, '', days_left, sum(doses) FROM dated GROUP BY ALL),
summed AS (
    SELECT *, (days_left + 1) * coalesce(pace, 0) AS reach, sum(doses) OVER (PARTITION BY place, product ORDER BY until, lot_number, thawed_on) AS held
    FROM pooled LEFT JOIN place_pace USING (place, product)),
used AS (
    SELECT *, held + least(0, min(reach - held) OVER (PARTITION BY place, product ORDER BY until, lot_number, thawed_on)) AS spent FROM summed),
own AS (
    SELECT *, doses - floor(spent - coalesce(lag(spent) OVER (PARTITION BY place, product ORDER BY until, lot_number, thawed_on), 0))::BIGINT AS left_over,
           ceil(held / (days_left + 1))::BIGINT AS needed
    FROM used)
SELECT o.place, o.lot_number, o.thawed_on, o.product, o.until, o.rests, o.days_left, o.doses,
       CASE WHEN o.place = 'national' THEN n.left_over * o.doses // n.doses ELSE o.left_over END AS left_over,
       CASE WHEN o.place = 'national' THEN n.needed ELSE o.needed END AS needed
FROM own o LEFT JOIN own n ON n.place = 'nation' AND n.product = o.product AND n.until = o.until
WHERE o.place <> 'nation';
-- Grain: place x product in stock: the nation, the areas.
CREATE TEMP VIEW place_stock AS
WITH part AS (
    SELECT unnest(['nation', place]) AS place, product, doses, fit, standing, greatest(in_transit, 0) AS coming
    FROM heap JOIN placed USING (store_code)
    WHERE on_hand > 0 OR in_transit > 0),
lost AS (SELECT unnest(['nation', place]) AS place, product, left_over FROM area_lot)
SELECT p.*, coalesce(l.expiring, 0) AS expiring, pace
FROM (SELECT place, product, coalesce(sum(fit) FILTER (WHERE standing = 'usable'), 0) AS usable,
             coalesce(sum(if(standing = 'blocked', doses, doses - fit)) FILTER (WHERE standing <> 'past'), 0) AS blocked,
             coalesce(sum(doses) FILTER (WHERE standing = 'past'), 0) AS past, sum(coming) AS coming
      FROM part GROUP BY ALL) p
LEFT JOIN (SELECT place, product, sum(left_over) AS expiring FROM lost GROUP BY ALL) l USING (place, product)
LEFT JOIN place_pace USING (place, product);
-- Grain: store and any store below it, itself too.
CREATE TEMP VIEW served AS
WITH RECURSIVE below AS (
    SELECT store_code AS top, store_code AS below FROM store
    UNION SELECT top, s.store_code FROM below JOIN store s ON s.parent_code = below.below)
FROM below;
CREATE TEMP VIEW store_pace AS
SELECT top AS store_code, product, sum(used_doses) / max(stock_days) AS pace FROM served JOIN stock_use u ON u.store_code = below
GROUP BY ALL HAVING sum(used_doses) > 0;
-- Grain: store x lot with doses there or coming: what the pace of those that the store serves leaves over of it.
CREATE TEMP VIEW store_lot AS
WITH summed AS (
    SELECT h.*, pace, CASE WHEN counts THEN (days_left + 1) * coalesce(pace, 0) END AS reach,
           sum(fit) FILTER (WHERE counts) OVER w AS held
    FROM (SELECT *, standing = 'usable' AND fit > 0 AND until IS NOT NULL AS counts FROM heap) h LEFT JOIN store_pace USING (store_code, product)
    WHERE on_hand <> 0 OR in_transit > 0
    WINDOW w AS (PARTITION BY store_code, product ORDER BY NOT counts, until, lot_number)),
used AS (
    SELECT *, held + least(0, min(reach - held) OVER (PARTITION BY store_code, product ORDER BY NOT counts, until, lot_number)) AS spent FROM summed)
SELECT *, CASE WHEN counts THEN fit - floor(spent - coalesce(lag(spent) OVER (PARTITION BY store_code, product ORDER BY NOT counts, until, lot_number), 0))::BIGINT
               ELSE 0 END AS expiring
FROM used;
