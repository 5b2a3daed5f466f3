-- What decisions about excursions are at work where, of temp.touched_pairs; campaign/dose_marks.py says the same in plain Python.
-- Inputs: temp.replayed (levels/stock.sql), temp.mark_line (marks/begin.sql). Leaves temp.found_marks: grain as core.stock_mark.

CREATE OR REPLACE TEMP TABLE mark_issue AS
SELECT store_code, lot_number, counterpart_code AS receiver, occurred_at, step, movement_id, before,
       emptied - CASE WHEN level <= 0 THEN 1 ELSE 0 END AS emptied
FROM temp.replayed
WHERE kind IN ('issue', 'transfer_out') AND said AND stands AND counterpart_code IS NOT NULL;

-- What was written off on the way brings no mark: its doses are not among those of the store.
CREATE OR REPLACE TEMP TABLE mark_receipt AS
SELECT store_code, lot_number, counterpart_code AS sender, occurred_at, step, emptied, level
FROM temp.replayed
WHERE kind IN ('receipt', 'transfer_in') AND said AND stands AND counterpart_code IS NOT NULL AND NOT on_the_way;

-- Grain: issue x receipt that its doses may be in.
CREATE OR REPLACE TEMP TABLE mark_link AS
WITH sent AS (
    SELECT DISTINCT store_code AS sender, receiver AS store_code, lot_number, occurred_at FROM temp.mark_issue),
came AS (SELECT DISTINCT sender, store_code, lot_number, occurred_at FROM temp.mark_receipt),
pairs AS (
    -- The first receipt from its sender at the instant of an issue or later.
    SELECT s.sender, s.store_code, s.lot_number, s.occurred_at AS sent_at, c.occurred_at AS came_at
    FROM sent s ASOF JOIN came c
        ON c.sender = s.sender AND c.store_code = s.store_code AND c.lot_number = s.lot_number AND s.occurred_at <= c.occurred_at
    UNION
    -- The newest issue before a receipt.
    SELECT c.sender, c.store_code, c.lot_number, s.occurred_at AS sent_at, c.occurred_at AS came_at
    FROM came c ASOF JOIN sent s
        ON s.sender = c.sender AND s.store_code = c.store_code AND s.lot_number = c.lot_number AND s.occurred_at <= c.occurred_at
    UNION
    -- A receipt that comes before everything the sender sent, by a clock that is wrong by a day at most.
    SELECT c.sender, c.store_code, c.lot_number, s.occurred_at AS sent_at, c.occurred_at AS came_at
    FROM came c JOIN (SELECT sender, store_code, lot_number, min(occurred_at) AS occurred_at FROM sent GROUP BY ALL) s
        ON s.sender = c.sender AND s.store_code = c.store_code AND s.lot_number = c.lot_number
       AND s.occurred_at > c.occurred_at AND s.occurred_at <= c.occurred_at + INTERVAL 24 HOUR)
SELECT DISTINCT i.movement_id, r.store_code, r.lot_number, r.step, r.emptied
FROM pairs p
JOIN temp.mark_issue i
    ON i.store_code = p.sender AND i.receiver = p.store_code AND i.lot_number = p.lot_number AND i.occurred_at = p.sent_at
JOIN temp.mark_receipt r
    ON r.sender = p.sender AND r.store_code = p.store_code AND r.lot_number = p.lot_number AND r.occurred_at = p.came_at
WHERE r.level > 0;

-- A set, so that stores that send to each other end it.
CREATE OR REPLACE TEMP TABLE found_marks AS
WITH RECURSIVE entries AS (
    SELECT l.line_id, r.store_code, r.lot_number, r.step, r.emptied, r.level, r.stands,
           r.occurred_at <= l.started_at AS before,
           row_number() OVER (PARTITION BY l.line_id, r.occurred_at <= l.started_at ORDER BY r.step DESC) AS back
    FROM temp.mark_line l JOIN temp.replayed r USING (store_code, lot_number)
    WHERE r.occurred_at <= l.started_at OR r.occurred_at < l.until_at),
begun AS (
    -- What was there when the excursion began, and while it lasted.
    SELECT line_id, store_code, lot_number, step, emptied FROM entries WHERE level > 0 AND (NOT before AND stands OR back = 1 AND before)
    UNION
    SELECT b.line_id, k.store_code, k.lot_number, k.step, k.emptied
    FROM begun b
    JOIN temp.mark_issue i
        ON i.store_code = b.store_code AND i.lot_number = b.lot_number AND i.emptied = b.emptied AND i.step > b.step
       AND i.before > 0
    JOIN temp.mark_link k ON k.movement_id = i.movement_id),
last AS (SELECT store_code, lot_number, max(emptied) AS emptied FROM temp.replayed GROUP BY ALL)
SELECT DISTINCT b.line_id, b.store_code, b.lot_number FROM begun b JOIN last USING (store_code, lot_number, emptied)
