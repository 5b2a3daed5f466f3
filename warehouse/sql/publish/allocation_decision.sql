-- Grain: decision on allocation, those that only a line or a movement names included. Inputs: core.allocation_decision,
-- core.allocation_line, core.allocation_flow.
SELECT decision_id, number, round, decided_on, signed_by, state = 'withdrawn' AS withdrawn, source, earmark, true AS known
FROM core.allocation_decision
UNION ALL BY NAME
SELECT decision_id, '' AS number, false AS withdrawn, false AS known
FROM (SELECT decision_id FROM core.allocation_line UNION SELECT decision_id FROM core.allocation_flow) named
ANTI JOIN core.allocation_decision USING (decision_id)
ORDER BY decision_id
