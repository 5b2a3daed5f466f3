-- Grain: place x lot with doses that may be given today: read anew, apart from warehouse/sql/plan. days: to its last day of use.
-- $limits: days after thawing, by product of $limited.
WITH rows AS (
    SELECT CASE WHEN b.area_code = 'central' THEN b.store_code ELSE 'P' || b.area_code END AS place, b.*
    FROM stock_by_lot b WHERE b.on_hand > 0),
in_force AS (
    SELECT r.store_code, r.lot_number, e.expires_on
    FROM rows r JOIN lot_expiry e USING (lot_number)
    WHERE e.valid_from <= $today AND (e.condition IS NULL OR r.thawed_on IS NULL OR r.thawed_on >= e.valid_from)
    QUALIFY row_number() OVER (
        PARTITION BY r.store_code, r.lot_number ORDER BY e.valid_from DESC, (e.kind = 'extension') DESC) = 1),
thaw AS (SELECT unnest($limited::VARCHAR[]) AS product, unnest($limits::INTEGER[]) AS days),
decided AS (
    SELECT store_code, lot_number, bool_or(kind IN ('hold', 'discard')) AS stopped, min(usable_until) AS until
    FROM stock_mark GROUP BY ALL),
state AS (
    SELECT lot_number, state FROM lot_state WHERE valid_from <= $now
    QUALIFY row_number() OVER (PARTITION BY lot_number ORDER BY valid_from DESC) = 1),
judged AS (
    SELECT r.place, r.product, r.lot_number AS lot, r.store_code = r.place AS own,
           r.on_hand - coalesce(v.discard, 0) AS doses,
           least(f.expires_on, r.thawed_on + t.days, d.until) - $today AS days
    FROM rows r JOIN in_force f USING (store_code, lot_number) JOIN state s USING (lot_number)
         LEFT JOIN thaw t USING (product) LEFT JOIN decided d USING (store_code, lot_number)
         LEFT JOIN vial_monitor v USING (store_code, lot_number)
    WHERE s.state = 'released' AND NOT coalesce(d.stopped, false))
SELECT place, product, lot, own, days, sum(doses)::BIGINT AS doses FROM judged
WHERE days >= 0 AND doses > 0 GROUP BY ALL ORDER BY ALL
