-- Grain: day of decision x day on which doses are expected. Unit: doses, full size, of decisions in force. Stores that
-- pass doses on to others are left out: what a decision names them for is nobody's allocation.
-- Inputs: allocation_decision, allocation_line, store.
SELECT d.decided_on, l.planned_on, sum(l.planned)::BIGINT AS doses
FROM allocation_line l JOIN allocation_decision d USING (decision_id) JOIN store s USING (store_code)
WHERE d.known AND NOT d.withdrawn AND d.decided_on IS NOT NULL AND l.planned_on IS NOT NULL AND l.planned > 0
  AND s.level NOT IN ('national', 'regional')
GROUP BY d.decided_on, l.planned_on
