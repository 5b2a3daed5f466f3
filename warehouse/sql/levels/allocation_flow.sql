-- Grain: decision of temp.touched_decisions x store x lot. Unit: doses. A cancel goes with what it reverses, as in
-- campaign/ledger.py; what is wholly cancelled was neither sent nor received. Inputs: core.stock_movement, core.allocation_line,
-- core.store, temp.touched_decisions. Leaves temp.counted_flow.
CREATE OR REPLACE TEMP TABLE counted_flow AS
WITH named AS (
    SELECT * FROM core.stock_movement
    WHERE decision_id IN (FROM temp.touched_decisions) AND kind IN ('issue', 'transfer_out', 'receipt', 'transfer_in')),
each AS (
    SELECT decision_id, movement_id, store_code, lot_number, doses, kind, counterpart_code, occurred_at FROM named
    UNION ALL
    SELECT n.decision_id, n.movement_id, c.store_code, c.lot_number, c.doses, n.kind, n.counterpart_code, n.occurred_at
    FROM core.stock_movement c JOIN named n ON n.movement_id = c.cancels_id WHERE c.kind = 'cancel'),
placed AS (
    SELECT decision_id, movement_id, lot_number, occurred_at, kind IN ('receipt', 'transfer_in') AS came,
           CASE WHEN kind IN ('receipt', 'transfer_in') THEN store_code ELSE counterpart_code END AS store_code,
           CASE WHEN kind IN ('receipt', 'transfer_in') THEN doses ELSE -doses END AS doses
    FROM each),
standing AS (
    SELECT decision_id, store_code, lot_number, came, occurred_at, sum(doses) AS doses
    FROM placed GROUP BY decision_id, movement_id, store_code, lot_number, came, occurred_at HAVING sum(doses) <> 0)
SELECT t.decision_id, t.store_code, t.lot_number,
       coalesce(sum(t.doses) FILTER (WHERE NOT t.came), 0)::BIGINT AS sent,
       coalesce(sum(t.doses) FILTER (WHERE t.came), 0)::BIGINT AS received,
       min(t.occurred_at) FILTER (WHERE NOT t.came) AS first_sent_at,
       max(t.occurred_at) FILTER (WHERE NOT t.came) AS last_sent_at,
       min(t.occurred_at) FILTER (WHERE t.came) AS first_received_at,
       max(t.occurred_at) FILTER (WHERE t.came) AS last_received_at
FROM standing t JOIN core.store s ON s.code = t.store_code
WHERE s.level IN ('province', 'recipient')
   OR (t.decision_id, t.store_code) IN (SELECT (decision_id, store_code) FROM core.allocation_line)
GROUP BY ALL
