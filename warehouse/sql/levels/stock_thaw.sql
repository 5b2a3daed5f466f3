-- The thaw clocks of temp.touched_pairs. An issue that names no thaw passes on the clock of what was in the giving store just
-- before it: the earliest, of several. A receipt takes what the newest issue before it passed on, and what the newest that
-- names a thaw says, whichever is earlier; one that was
-- written off on the way brings none. Of senders that are not counted anew it is known already (core.stock_thaw).
-- Inputs: temp.replayed, temp.sent_here, temp.touched_pairs, core.stock_movement, core.stock_thaw.
-- Leaves temp.thaw_begun: grain store x lot x step x thaw from which a clock runs until the store is empty;
-- temp.thaw_passed: grain issue, as core.stock_thaw.
CREATE OR REPLACE TEMP TABLE handed AS
WITH thawed_lots AS (
    SELECT lot_number FROM temp.replayed WHERE thawed_on IS NOT NULL
    UNION SELECT lot_number FROM temp.sent_here WHERE thawed_on IS NOT NULL
    UNION SELECT lot_number FROM core.stock_thaw),
voided AS (
    SELECT s.movement_id FROM temp.sent_here s
    JOIN core.stock_movement c ON c.cancels_id = s.movement_id AND c.store_code = s.sender AND c.lot_number = s.lot_number
    WHERE c.kind = 'cancel' AND c.cancels_id IN (SELECT movement_id FROM temp.sent_here)
    GROUP BY s.movement_id, s.doses HAVING s.doses + sum(c.doses) = 0)
SELECT s.movement_id, s.store_code, s.lot_number, s.sender, s.occurred_at, s.thawed_on AS named,
       coalesce(s.thawed_on, CASE WHEN t.store_code IS NULL THEN p.thawed_on END) AS thawed_on
FROM temp.sent_here s
SEMI JOIN thawed_lots l ON l.lot_number = s.lot_number
ANTI JOIN voided v ON v.movement_id = s.movement_id
LEFT JOIN temp.touched_pairs t ON t.store_code = s.sender AND t.lot_number = s.lot_number
LEFT JOIN core.stock_thaw p ON p.movement_id = s.movement_id;

-- Grain: receipt x issue that its doses may be of.
CREATE OR REPLACE TEMP TABLE thaw_link AS
WITH receipt AS (
    SELECT store_code, lot_number, counterpart_code AS sender, occurred_at, step, emptied FROM temp.replayed
    WHERE kind IN ('receipt', 'transfer_in') AND said AND stands AND level > 0 AND counterpart_code IS NOT NULL
      AND NOT on_the_way),
sent AS (SELECT DISTINCT store_code, lot_number, sender, occurred_at FROM temp.handed),
named AS (SELECT DISTINCT store_code, lot_number, sender, occurred_at FROM temp.handed WHERE named IS NOT NULL),
first_sent AS (SELECT store_code, lot_number, sender, min(occurred_at) AS occurred_at FROM sent GROUP BY ALL),
instants AS (
    SELECT r.*, s.occurred_at AS sent_at, false AS by_name
    FROM receipt r ASOF JOIN sent s
        ON s.store_code = r.store_code AND s.lot_number = r.lot_number AND s.sender = r.sender AND s.occurred_at <= r.occurred_at
    UNION ALL BY NAME
    SELECT r.*, s.occurred_at AS sent_at, true AS by_name
    FROM receipt r ASOF JOIN named s
        ON s.store_code = r.store_code AND s.lot_number = r.lot_number AND s.sender = r.sender AND s.occurred_at <= r.occurred_at
    UNION ALL BY NAME
    -- A receipt that comes before everything the sender sent, by a clock that is wrong by a day at most.
    SELECT r.*, s.occurred_at AS sent_at, false AS by_name
    FROM receipt r JOIN first_sent s
        ON s.store_code = r.store_code AND s.lot_number = r.lot_number AND s.sender = r.sender
       AND s.occurred_at > r.occurred_at AND s.occurred_at <= r.occurred_at + INTERVAL 24 HOUR)
SELECT DISTINCT i.store_code, i.lot_number, i.step, i.emptied, h.movement_id, h.thawed_on
FROM instants i JOIN temp.handed h
    ON h.store_code = i.store_code AND h.lot_number = i.lot_number AND h.sender = i.sender AND h.occurred_at = i.sent_at
   AND (h.named IS NOT NULL OR NOT i.by_name);

-- Grain: issue of temp.touched_pairs that names no thaw; emptied: how often its store had none of the lot before it.
CREATE OR REPLACE TEMP TABLE thaw_asked AS
SELECT r.store_code, r.lot_number, r.step, r.movement_id,
       r.emptied - CASE WHEN r.level <= 0 THEN 1 ELSE 0 END AS emptied
FROM temp.replayed r JOIN core.stock_movement m USING (movement_id)
WHERE r.kind IN ('issue', 'transfer_out') AND r.said AND r.stands AND r.before > 0
  AND r.counterpart_code IS NOT NULL AND m.thawed_on IS NULL;

-- A set, so that stores that send to each other in one instant end it.
CREATE OR REPLACE TEMP TABLE thaw_begun AS
WITH RECURSIVE begun AS (
    SELECT store_code, lot_number, step, emptied, thawed_on FROM temp.replayed WHERE thawed_on IS NOT NULL AND level > 0
    UNION SELECT store_code, lot_number, step, emptied, thawed_on FROM temp.thaw_link WHERE thawed_on IS NOT NULL
    UNION
    SELECT l.store_code, l.lot_number, l.step, l.emptied, b.thawed_on
    FROM begun b
    JOIN temp.thaw_asked a
        ON a.store_code = b.store_code AND a.lot_number = b.lot_number AND a.emptied = b.emptied AND a.step > b.step
    JOIN temp.thaw_link l ON l.movement_id = a.movement_id)
FROM begun;

CREATE OR REPLACE TEMP TABLE thaw_passed AS
SELECT a.movement_id, a.store_code, a.lot_number, min(b.thawed_on) AS thawed_on
FROM temp.thaw_asked a JOIN temp.thaw_begun b
    ON a.store_code = b.store_code AND a.lot_number = b.lot_number AND a.emptied = b.emptied AND a.step > b.step
GROUP BY ALL
