-- Grain: decision x store x product x lot. What moved of a lot that the decision does not name for the store goes to its line
-- without a lot, or to one of its own with nothing planned. Unit: doses. Inputs: core.allocation_line, core.allocation_flow,
-- core.store, core.lot.
WITH line AS (
    SELECT decision_id, store_code, product_code, lot_number, sum(doses)::BIGINT AS planned, max(planned_on) AS planned_on,
           min(shipped_on) AS stated_shipped_on, max(received_on) AS stated_received_on,
           sum(doses_received)::BIGINT AS stated_received
    FROM core.allocation_line GROUP BY ALL),
flow AS (
    SELECT f.* EXCLUDE (lot_number), f.lot_number AS moved_lot,
           coalesce(n.product_code, l.product_code, '') AS product_code, coalesce(n.lot_number, '') AS lot_number
    FROM core.allocation_flow f LEFT JOIN core.lot l USING (lot_number)
         LEFT JOIN line n ON n.decision_id = f.decision_id AND n.store_code = f.store_code AND n.lot_number = f.lot_number
                         AND n.lot_number <> ''),
moved AS (
    SELECT decision_id, store_code, product_code, lot_number, sum(sent)::BIGINT AS sent, sum(received)::BIGINT AS received,
           min(first_sent_at)::DATE AS first_sent_on, max(last_sent_at)::DATE AS last_sent_on,
           min(first_received_at)::DATE AS first_received_on, max(last_received_at)::DATE AS last_received_on,
           string_agg(DISTINCT moved_lot, ', ' ORDER BY moved_lot) AS lots
    FROM flow GROUP BY ALL)
SELECT decision_id, store_code, coalesce(s.province_code, 'central') AS area_code, product_code AS product, lot_number,
       coalesce(l.planned, 0) AS planned, l.planned_on, coalesce(m.sent, 0) AS sent, coalesce(m.received, 0) AS received,
       m.first_sent_on, m.last_sent_on, m.first_received_on, m.last_received_on, l.stated_shipped_on, l.stated_received_on,
       l.stated_received, coalesce(m.lots, lot_number) AS lots
FROM line l FULL JOIN moved m USING (decision_id, store_code, product_code, lot_number)
     JOIN core.store s ON s.code = store_code
