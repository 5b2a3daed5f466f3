-- Every decision that is told of, or that a movement names. Inputs: core.stock_movement, core.allocation_line. Leaves
-- temp.touched_decisions.
CREATE OR REPLACE TEMP TABLE touched_decisions AS
SELECT decision_id FROM core.stock_movement WHERE decision_id IS NOT NULL
UNION SELECT decision_id FROM core.allocation_line
UNION SELECT decision_id FROM core.allocation_flow
