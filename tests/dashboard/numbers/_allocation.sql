-- Decisions and usage as a planner would work them out by hand. Variables: decision, allocation_days, settled_days.
-- Grain: area x product: the ledger of its own stores and those below. Doses on the way between them are received and on hand.
CREATE TEMP VIEW account AS
SELECT b.area_code, b.product, sum(administered) AS given, sum(wasted) AS wasted,
       sum(on_hand + administered + wasted + lost + if(level IN ('province', 'recipient'), 0, in_transit)) AS received,
       sum(on_hand + if(level IN ('province', 'recipient'), 0, in_transit)) AS on_hand
FROM stock_by_lot b JOIN store USING (store_code) WHERE level NOT IN ('national', 'regional') GROUP BY ALL;
-- Grain: area x product x decision.
CREATE TEMP VIEW round_ AS
SELECT l.area_code, l.product, l.decision_id, sum(if(d.withdrawn, 0, planned)) AS allocated, sum(received) AS received,
       min(first_received_on) AS came_on
FROM allocation_line l JOIN allocation_decision d USING (decision_id) JOIN store s USING (store_code)
WHERE s.level NOT IN ('national', 'regional') GROUP BY ALL;
-- Grain: line. used: what was given falls on the oldest rounds first.
CREATE TEMP VIEW line_now AS
WITH spent AS (
    SELECT r.*, greatest(least(coalesce(given, 0) - coalesce(sum(r.received) OVER (
               PARTITION BY r.area_code, r.product ORDER BY came_on NULLS LAST, decision_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), r.received), 0) AS used
    FROM round_ r LEFT JOIN account USING (area_code, product))
SELECT l.*, d.withdrawn, spent.used, if(d.withdrawn, 0, l.planned) AS asked, l.received - if(d.withdrawn, 0, l.planned) AS differs,
       (FROM today) - coalesce(l.planned_on, d.decided_on) > getvariable('allocation_days') AS waited
FROM allocation_line l JOIN allocation_decision d USING (decision_id)
     LEFT JOIN spent ON spent.area_code = l.area_code AND spent.product = l.product AND spent.decision_id = l.decision_id;
-- Grain: area and 'nation'. The newer rounds hold what cannot have come from the older ones: first of what was given, then wasted.
CREATE TEMP VIEW usage_now AS
WITH split AS (
    SELECT area_code, product, coalesce(given, 0) AS given, coalesce(wasted, 0) AS wasted, coalesce(on_hand, 0) AS on_hand,
           coalesce(a.received, 0) AS came,
           least(coalesce(r.newer, 0), greatest(coalesce(a.received, 0), 0)) AS newer, coalesce(r.allocated, 0) AS allocated
    FROM account a FULL JOIN (
        SELECT area_code, product, sum(allocated) FILTER (WHERE came_on <= (FROM today) - getvariable('settled_days')) AS allocated,
               sum(received) FILTER (WHERE came_on > (FROM today) - getvariable('settled_days')) AS newer
        FROM round_ GROUP BY ALL) r USING (area_code, product)),
taken AS (
    SELECT *, greatest(least(given - greatest(came - newer, 0), newer), 0) AS given_new,
           greatest(least(given + wasted - greatest(came - newer, 0), newer), 0) AS gone_new FROM split),
rows AS (
    SELECT area_code, given - given_new AS given, allocated, came - newer AS received,
           came - newer - (on_hand - greatest(least(on_hand, newer - gone_new), 0)) - (wasted - (gone_new - given_new)) AS gone
    FROM taken),
counted AS (
    SELECT area_code, count(DISTINCT decision_id) FILTER (WHERE came_on <= (FROM today) - getvariable('settled_days')) AS rounds,
           count(DISTINCT decision_id) FILTER (WHERE came_on > (FROM today) - getvariable('settled_days')) AS newer
    FROM (SELECT area_code, decision_id, came_on FROM round_ UNION ALL SELECT 'nation', decision_id, came_on FROM round_) GROUP BY ALL)
SELECT r.*, coalesce(rounds, 0) AS rounds, coalesce(newer, 0) AS newer
FROM (SELECT area_code, sum(given) AS given, sum(allocated) AS allocated, sum(received) AS received, sum(gone) AS gone FROM rows GROUP BY ALL
      UNION ALL SELECT 'nation', sum(given), sum(allocated), sum(received), sum(gone) FROM rows) r
LEFT JOIN counted USING (area_code);
