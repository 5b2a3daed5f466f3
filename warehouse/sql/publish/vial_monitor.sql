-- Grain: store x lot of which a monitor was read: the newest reading. campaign/vial_monitors.py has the rule. Unit: doses.
-- Inputs: core.vial_reading, core.store, core.lot, core.stock_level, core.stock_movement.
WITH newest AS (
    SELECT store_code, lot_number, arg_max(struct_pack(stage, doses, read_at, occasion),
                                           (read_at, stage, doses IS NULL, coalesce(doses, 0))) AS told
    FROM core.vial_reading GROUP BY ALL),
-- Few: only of these are movements looked at, placed as levels/stock.sql places them.
mine AS MATERIALIZED (
    SELECT m.*, n.told.read_at AS read_at FROM core.stock_movement m JOIN newest n USING (store_code, lot_number)
    WHERE n.told.stage >= 3),
reversed AS (
    SELECT movement_id, kind, occurred_at, recorded_at FROM core.stock_movement
    WHERE movement_id IN (SELECT cancels_id FROM mine WHERE kind = 'cancel')),
voided AS (
    SELECT cancels_id AS movement_id FROM core.stock_movement
    WHERE kind = 'cancel' AND cancels_id IN (SELECT movement_id FROM mine WHERE kind = 'count')),
placed AS (
    SELECT m.store_code, m.lot_number, m.doses, m.counted, coalesce(r.kind, m.kind) AS kind,
           coalesce(r.occurred_at, m.occurred_at) > m.read_at AS since,
           (coalesce(r.occurred_at, m.occurred_at), coalesce(r.recorded_at, m.recorded_at),
            coalesce(r.movement_id, m.movement_id), m.movement_id) AS place
    FROM mine m LEFT JOIN reversed r ON m.kind = 'cancel' AND r.movement_id = m.cancels_id
    WHERE NOT coalesce(m.kind = 'cancel' AND r.kind = 'count', false)
      AND NOT (m.kind = 'count' AND m.movement_id IN (FROM voided))),
counted AS (
    SELECT *, max(place) FILTER (WHERE kind = 'count' AND NOT since) OVER (PARTITION BY store_code, lot_number) AS counted_at
    FROM placed),
-- there: the level when the monitors were read; wasted: of vials never opened, since then.
moved AS (
    SELECT store_code, lot_number,
           sum(if(kind = 'count', counted, doses)) FILTER (WHERE NOT since AND (counted_at IS NULL OR place >= counted_at)) AS there,
           -sum(doses) FILTER (WHERE since AND kind = 'wasted_closed') AS wasted
    FROM counted GROUP BY ALL),
level AS (
    SELECT n.*, coalesce(b.on_hand, 0) AS on_hand, greatest(coalesce(b.on_hand, 0), 0) AS held,
           CASE WHEN n.told.stage < 3 THEN 0 ELSE coalesce(n.told.doses, CASE WHEN m.there > 0 THEN m.there END) END AS told_of,
           greatest(coalesce(m.wasted, 0), 0) AS wasted
    FROM newest n LEFT JOIN core.stock_level b USING (store_code, lot_number) LEFT JOIN moved m USING (store_code, lot_number))
SELECT n.store_code, n.lot_number, coalesce(l.product_code, '') AS product, coalesce(s.province_code, 'central') AS area_code,
       n.told.stage::INTEGER AS stage, n.told.doses AS doses, n.told.read_at AS read_at, n.told.occasion AS occasion, n.on_hand,
       CASE WHEN n.told_of IS NULL THEN n.held ELSE least(n.held, greatest(n.told_of - n.wasted, 0)) END::BIGINT AS discard
FROM level n JOIN core.store s ON s.code = n.store_code LEFT JOIN core.lot l USING (lot_number)
