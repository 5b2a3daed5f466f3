-- Grain: store x lot ('' where the decision names none) x product of a decision that stands: doses decided and not sent yet, and
-- the day they are expected (NULL: not told). National and regional stores, which pass on, apart. Unit: doses. Inputs:
-- allocation_line, allocation_decision, store.
SELECT l.store_code AS store, l.product, l.lot_number AS lot, d.number AS decision, l.planned_on AS expected_on,
       sum(l.planned - greatest(l.sent, coalesce(l.stated_received, 0)))::BIGINT AS doses
FROM allocation_line l JOIN allocation_decision d USING (decision_id) JOIN store s USING (store_code)
WHERE NOT d.withdrawn AND s.level NOT IN ('national', 'regional')
  AND l.planned > greatest(l.sent, coalesce(l.stated_received, 0))
GROUP BY ALL ORDER BY expected_on, store, product, lot, decision
