-- Before movements are taken in: decisions whose flow must be counted anew, namely those that a movement names that comes, is
-- replaced, or is cancelled. Inputs: temp.incoming_stock_movement, core.stock_movement. Leaves temp.noted_decisions.
CREATE OR REPLACE TEMP TABLE noted_decisions AS
SELECT decision_id FROM temp.incoming_stock_movement WHERE decision_id IS NOT NULL
UNION
SELECT decision_id FROM core.stock_movement WHERE decision_id IS NOT NULL AND movement_id IN (
    SELECT movement_id FROM temp.incoming_stock_movement
    UNION ALL SELECT cancels_id FROM temp.incoming_stock_movement WHERE cancels_id IS NOT NULL
    UNION ALL SELECT cancels_id FROM core.stock_movement
              WHERE cancels_id IS NOT NULL AND movement_id IN (SELECT movement_id FROM temp.incoming_stock_movement))
