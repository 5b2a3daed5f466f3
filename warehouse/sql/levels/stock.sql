-- The ledger of temp.touched_pairs replayed, in order of (occurred, recorded, id). A cancel stands where what it reverses
-- stood; a count that was cancelled stands nowhere. Unit: doses, full size. Inputs: core.stock_movement, temp.touched_pairs.
-- Leaves temp.replayed: grain movement; temp.counted_level: grain store x lot, as core.stock_level.
CREATE OR REPLACE TEMP TABLE sent_here AS
SELECT m.movement_id, m.counterpart_code AS store_code, m.lot_number, m.store_code AS sender, m.doses, m.occurred_at, m.thawed_on
FROM core.stock_movement m
SEMI JOIN temp.touched_pairs t ON m.counterpart_code = t.store_code AND m.lot_number = t.lot_number
WHERE m.kind IN ('issue', 'transfer_out');

-- A table, and no name within the query below: it would be read from all movements once for each time it is named.
CREATE OR REPLACE TEMP TABLE my_movement AS
FROM core.stock_movement SEMI JOIN temp.touched_pairs USING (store_code, lot_number);

CREATE OR REPLACE TEMP TABLE replayed AS
WITH reversed AS (
    SELECT * FROM core.stock_movement
    WHERE movement_id IN (SELECT cancels_id FROM temp.my_movement WHERE kind = 'cancel')),
voided AS (
    SELECT cancels_id AS movement_id FROM core.stock_movement
    WHERE cancels_id IN (SELECT movement_id FROM temp.my_movement WHERE kind = 'count')),
placed AS (
    SELECT m.store_code, m.lot_number, m.movement_id, CASE WHEN r.kind IS NULL THEN m.kind ELSE r.kind END AS kind, m.doses,
           m.counted, m.reason, coalesce(r.occurred_at, m.occurred_at) AS occurred_at,
           coalesce(r.recorded_at, m.recorded_at) AS recorded_at, coalesce(r.movement_id, m.movement_id) AS place_id,
           CASE WHEN r.kind IS NULL THEN m.counterpart_code ELSE r.counterpart_code END AS counterpart_code,
           CASE WHEN m.kind <> 'cancel' THEN m.thawed_on END AS thawed_on, m.kind <> 'cancel' AS said
    FROM temp.my_movement m LEFT JOIN reversed r ON m.kind = 'cancel' AND r.movement_id = m.cancels_id
    WHERE NOT coalesce(m.kind = 'cancel' AND r.kind = 'count', false)
      AND NOT (m.kind = 'count' AND m.movement_id IN (FROM voided))),
taken_back AS (
    SELECT store_code, lot_number, place_id FROM placed GROUP BY ALL HAVING bool_or(NOT said) AND sum(doses) = 0),
-- What the sender said of the thaw goes with the doses, and says nothing of those that stay.
thawed_before AS (
    SELECT store_code, lot_number, sender, occurred_at, min(thawed_on) AS thawed_on
    FROM temp.sent_here WHERE thawed_on IS NOT NULL GROUP BY ALL),
-- A receipt that comes before everything the sender sent, by a clock that is wrong by a day at most.
first_sent AS (
    SELECT store_code, lot_number, sender, occurred_at, min(thawed_on) AS thawed_on FROM temp.sent_here
    GROUP BY store_code, lot_number, sender, occurred_at
    QUALIFY row_number() OVER (PARTITION BY store_code, lot_number, sender ORDER BY occurred_at) = 1),
standing AS (
    SELECT p.* REPLACE (CASE WHEN t.place_id IS NULL AND p.said THEN
                            CASE WHEN p.kind IN ('receipt', 'transfer_in') THEN least(p.thawed_on, b.thawed_on, f.thawed_on)
                                 WHEN p.kind IN ('opening', 'adjustment', 'count') THEN p.thawed_on END END AS thawed_on),
           t.place_id IS NULL AS stands
    FROM placed p
    ASOF LEFT JOIN thawed_before b
        ON b.store_code = p.store_code AND b.lot_number = p.lot_number AND b.sender = p.counterpart_code
       AND b.occurred_at <= p.occurred_at
    LEFT JOIN first_sent f
        ON f.store_code = p.store_code AND f.lot_number = p.lot_number AND f.sender = p.counterpart_code
       AND f.occurred_at > p.occurred_at AND f.occurred_at <= p.occurred_at + INTERVAL 24 HOUR
    LEFT JOIN taken_back t ON t.store_code = p.store_code AND t.lot_number = p.lot_number AND t.place_id = p.place_id),
-- Between two counts the level is a sum.
legs AS (
    SELECT *, row_number() OVER ledger AS step,
           count(*) FILTER (WHERE kind = 'count') OVER (ledger ROWS UNBOUNDED PRECEDING) AS leg
    FROM standing
    WINDOW ledger AS (PARTITION BY store_code, lot_number ORDER BY occurred_at, recorded_at, place_id, movement_id)),
levels AS (
    SELECT *, sum(CASE WHEN kind = 'count' THEN counted ELSE doses END)
                  OVER (PARTITION BY store_code, lot_number, leg ORDER BY step)::BIGINT AS level
    FROM legs)
SELECT *, coalesce(lag(level) OVER (PARTITION BY store_code, lot_number ORDER BY step), 0) AS before,
       count(*) FILTER (WHERE level <= 0) OVER (PARTITION BY store_code, lot_number ORDER BY step) AS emptied
FROM levels;

CREATE OR REPLACE TEMP TABLE counted_level AS
WITH sent_and_back AS (
    SELECT store_code, lot_number, doses, occurred_at, thawed_on FROM temp.sent_here
    UNION ALL BY NAME
    SELECT s.store_code, s.lot_number, c.doses, NULL AS occurred_at
    FROM core.stock_movement c JOIN temp.sent_here s ON c.cancels_id = s.movement_id
    WHERE c.kind = 'cancel' AND c.cancels_id IN (SELECT movement_id FROM temp.sent_here)),
reaching AS (
    SELECT store_code, lot_number, -sum(doses) AS sent_here, max(occurred_at) AS last_sent_at,
           bool_or(thawed_on IS NOT NULL) AS thaw_told
    FROM sent_and_back GROUP BY ALL),
own AS (
    SELECT store_code, lot_number, arg_max(level, step) AS on_hand,
           sum(doses) FILTER (WHERE kind IN ('opening', 'receipt', 'transfer_in')) AS incoming,
           sum(doses) FILTER (WHERE kind = 'opening' OR kind IN ('receipt', 'transfer_in') AND counterpart_code IS NULL) AS arrived,
           -sum(doses) FILTER (WHERE kind IN ('issue', 'transfer_out')) AS sent,
           -sum(doses) FILTER (WHERE kind = 'administered') AS administered,
           -sum(doses) FILTER (WHERE kind = 'wasted_open') AS wasted_open,
           -sum(doses) FILTER (WHERE kind = 'wasted_closed') AS wasted_closed,
           arg_max((occurred_at, recorded_at, place_id), step) FILTER (WHERE kind = 'count') AS last_count,
           max(emptied) AS emptied, bool_or(thawed_on IS NOT NULL) AS thaw_told, max(occurred_at) AS last_moved_at,
           max(occurred_at) FILTER (WHERE stands AND kind IN ('receipt', 'transfer_in') AND counterpart_code IS NOT NULL)
               AS last_received_at
    FROM temp.replayed GROUP BY ALL),
thawed AS (
    SELECT r.store_code, r.lot_number, min(r.thawed_on) AS thawed_on
    FROM temp.replayed r JOIN own o USING (store_code, lot_number)
    WHERE r.thawed_on IS NOT NULL AND r.level > 0 AND r.emptied = o.emptied GROUP BY ALL)
SELECT store_code, lot_number, coalesce(o.on_hand, 0) AS on_hand, coalesce(o.incoming, 0)::BIGINT AS incoming,
       coalesce(o.arrived, 0)::BIGINT AS arrived, coalesce(o.sent, 0)::BIGINT AS sent,
       coalesce(o.administered, 0)::BIGINT AS administered, coalesce(o.wasted_open, 0)::BIGINT AS wasted_open,
       coalesce(o.wasted_closed, 0)::BIGINT AS wasted_closed, coalesce(r.sent_here, 0)::BIGINT AS sent_here,
       struct_extract(o.last_count, 1) AS counted_at, struct_extract(o.last_count, 2) AS count_recorded_at,
       struct_extract(o.last_count, 3) AS count_id, t.thawed_on,
       coalesce(o.thaw_told, false) OR coalesce(r.thaw_told, false) AS thaw_told, o.last_moved_at, r.last_sent_at,
       o.last_received_at
FROM own o FULL JOIN reaching r USING (store_code, lot_number) LEFT JOIN thawed t USING (store_code, lot_number)
