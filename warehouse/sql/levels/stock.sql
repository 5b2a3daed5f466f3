-- The ledger of temp.touched_pairs replayed, in order of (occurred, recorded, id). A cancel stands where what it reverses
-- stood; a count that was cancelled stands nowhere. Unit: doses, full size. Inputs: core.stock_movement, temp.touched_pairs.
-- Leaves temp.sent_here: grain issue or transfer out to one of them; temp.replayed: grain movement.
CREATE OR REPLACE TEMP TABLE sent_here AS
SELECT m.movement_id, m.counterpart_code AS store_code, m.lot_number, m.store_code AS sender, m.doses, m.occurred_at, m.thawed_on
FROM core.stock_movement m
SEMI JOIN temp.touched_pairs t ON m.counterpart_code = t.store_code AND m.lot_number = t.lot_number
WHERE m.kind IN ('issue', 'transfer_out');

-- A table, and no name within the query below: it would be read from all movements once for each time it is named.
CREATE OR REPLACE TEMP TABLE my_movement AS
FROM core.stock_movement SEMI JOIN temp.touched_pairs USING (store_code, lot_number);

CREATE OR REPLACE TEMP TABLE standing AS
WITH reversed AS (
    SELECT * FROM core.stock_movement
    WHERE movement_id IN (SELECT cancels_id FROM temp.my_movement WHERE kind = 'cancel')),
voided AS (
    SELECT cancels_id AS movement_id FROM core.stock_movement
    WHERE cancels_id IN (SELECT movement_id FROM temp.my_movement WHERE kind = 'count')),
placed AS (
    SELECT m.store_code, m.lot_number, m.movement_id, CASE WHEN r.kind IS NULL THEN m.kind ELSE r.kind END AS kind, m.doses,
           m.counted, CASE WHEN r.kind IS NULL THEN m.reason ELSE r.reason END AS reason, coalesce(r.occurred_at, m.occurred_at) AS occurred_at,
           coalesce(r.recorded_at, m.recorded_at) AS recorded_at, coalesce(r.movement_id, m.movement_id) AS place_id,
           CASE WHEN r.kind IS NULL THEN m.counterpart_code ELSE r.counterpart_code END AS counterpart_code,
           CASE WHEN m.kind <> 'cancel' THEN m.thawed_on END AS thawed_on, m.kind <> 'cancel' AS said
    FROM temp.my_movement m LEFT JOIN reversed r ON m.kind = 'cancel' AND r.movement_id = m.cancels_id
    WHERE NOT coalesce(m.kind = 'cancel' AND r.kind = 'count', false)
      AND NOT (m.kind = 'count' AND m.movement_id IN (FROM voided))),
taken_back AS (
    -- Only where anything was cancelled: a group for every movement would cost as much as the replay.
    SELECT store_code, lot_number, place_id FROM placed WHERE place_id IN (SELECT place_id FROM placed WHERE NOT said)
    GROUP BY ALL HAVING bool_or(NOT said) AND sum(doses) = 0)
-- What a movement itself says of doses that stay: levels/stock_thaw.sql adds what came with the doses.
SELECT p.* REPLACE (CASE WHEN t.place_id IS NULL AND p.said
                         AND p.kind IN ('receipt', 'transfer_in', 'opening', 'adjustment', 'count') THEN p.thawed_on END AS thawed_on),
       t.place_id IS NULL AS stands,
       -- The centre's entries of doses that never came whole: received from their sender and written off at once, for a reason.
       coalesce(p.place_id < 0 AND p.counterpart_code IS NOT NULL AND trim(p.reason) <> '', false) AS on_the_way
FROM placed p
LEFT JOIN taken_back t ON t.store_code = p.store_code AND t.lot_number = p.lot_number AND t.place_id = p.place_id;

-- Sorted by few and short columns, and joined after: with all of them each of the three orders costs twice as much.
CREATE OR REPLACE TEMP TABLE replayed AS
WITH pair AS (SELECT store_code, lot_number, (row_number() OVER ())::INTEGER AS pair FROM temp.touched_pairs),
-- Between two counts the level is a sum.
legs AS (
    SELECT p.pair, s.movement_id, s.stands, CASE WHEN s.kind = 'count' THEN s.counted ELSE s.doses END AS amount,
           row_number() OVER ledger AS step,
           count(*) FILTER (WHERE s.kind = 'count') OVER (ledger ROWS UNBOUNDED PRECEDING) AS leg
    FROM temp.standing s JOIN pair p USING (store_code, lot_number)
    WINDOW ledger AS (PARTITION BY p.pair ORDER BY s.occurred_at, s.recorded_at, s.place_id, s.movement_id)),
levels AS (
    SELECT *, sum(amount) OVER (PARTITION BY pair, leg ORDER BY step ROWS UNBOUNDED PRECEDING)::BIGINT AS level FROM legs),
steps AS (
    SELECT movement_id, step, level, coalesce(lag(level) OVER (PARTITION BY pair ORDER BY step), 0) AS before,
           -- Between a movement and its cancel a store only seems to be empty.
           count(*) FILTER (WHERE level <= 0 AND stands)
               OVER (PARTITION BY pair ORDER BY step ROWS UNBOUNDED PRECEDING) AS emptied
    FROM levels)
SELECT s.*, t.step, t.level, t.before, t.emptied FROM temp.standing s JOIN steps t USING (movement_id);
