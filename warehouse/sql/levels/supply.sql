-- The ledger of temp.touched_supplies replayed, in order of (occurred, recorded, id), by the rules of levels/stock.sql: a cancel stands
-- where what it takes back stood; a count that was cancelled stands nowhere. Unit: pieces. Inputs: core.supply_movement,
-- temp.touched_supplies. Leaves temp.counted_supply: grain as core.supply_level.
CREATE OR REPLACE TEMP TABLE my_supply AS
SELECT m.* REPLACE (coalesce(m.batch, '') AS batch) FROM core.supply_movement m
SEMI JOIN temp.touched_supplies t
    ON m.store_code = t.store_code AND m.item_code = t.item_code AND coalesce(m.batch, '') = t.batch;

CREATE OR REPLACE TEMP TABLE counted_supply AS
WITH reversed AS (
    FROM core.supply_movement WHERE movement_id IN (SELECT cancels_id FROM temp.my_supply WHERE kind = 'cancel')),
voided AS (
    SELECT cancels_id FROM core.supply_movement
    WHERE cancels_id IN (SELECT movement_id FROM temp.my_supply WHERE kind = 'count')),
placed AS (
    SELECT m.store_code, m.item_code, m.batch, m.movement_id, coalesce(r.kind, m.kind) AS kind, m.pieces, m.counted,
           coalesce(r.occurred_at, m.occurred_at) AS occurred_at, coalesce(r.recorded_at, m.recorded_at) AS recorded_at,
           coalesce(r.movement_id, m.movement_id) AS place_id
    FROM temp.my_supply m LEFT JOIN reversed r ON m.kind = 'cancel' AND r.movement_id = m.cancels_id
    WHERE NOT coalesce(m.kind = 'cancel' AND r.kind = 'count', false)
      AND NOT (m.kind = 'count' AND m.movement_id IN (FROM voided))),
legs AS (
    SELECT *, row_number() OVER ledger AS step,
           count(*) FILTER (WHERE kind = 'count') OVER (ledger ROWS UNBOUNDED PRECEDING) AS leg
    FROM placed
    WINDOW ledger AS (PARTITION BY store_code, item_code, batch ORDER BY occurred_at, recorded_at, place_id, movement_id)),
levels AS (
    SELECT *, sum(CASE WHEN kind = 'count' THEN counted ELSE pieces END)
                  OVER (PARTITION BY store_code, item_code, batch, leg ORDER BY step)::BIGINT AS level
    FROM legs)
SELECT store_code, item_code, batch, arg_max(level, step) AS on_hand,
       coalesce(sum(pieces) FILTER (WHERE kind IN ('opening', 'receipt', 'transfer_in')), 0)::BIGINT AS incoming,
       coalesce(-sum(pieces) FILTER (WHERE kind IN ('issue', 'transfer_out')), 0)::BIGINT AS sent,
       coalesce(-sum(pieces) FILTER (WHERE kind = 'administered'), 0)::BIGINT AS used,
       coalesce(-sum(pieces) FILTER (WHERE kind IN ('wasted_open', 'wasted_closed')), 0)::BIGINT AS wasted,
       arg_max(occurred_at, step) FILTER (WHERE kind = 'count') AS counted_at
FROM levels GROUP BY ALL
