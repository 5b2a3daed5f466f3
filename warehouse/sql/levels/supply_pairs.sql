-- Before movements of consumables are taken in: the store x item x batch to count anew: those that move, that had what is
-- replaced, or what is taken back. Inputs: temp.incoming_supply_movement, core.supply_movement. Leaves temp.touched_supplies.
CREATE OR REPLACE TEMP TABLE touched_supplies AS
WITH arriving AS (FROM temp.incoming_supply_movement),
replaced AS (FROM core.supply_movement WHERE movement_id IN (SELECT movement_id FROM arriving)),
named AS (
    SELECT movement_id FROM arriving
    UNION SELECT cancels_id FROM arriving WHERE cancels_id IS NOT NULL
    UNION SELECT cancels_id FROM replaced WHERE cancels_id IS NOT NULL)
SELECT store_code, item_code, coalesce(batch, '') AS batch FROM arriving
UNION
SELECT store_code, item_code, coalesce(batch, '') FROM core.supply_movement
WHERE movement_id IN (FROM named) OR cancels_id IN (SELECT movement_id FROM arriving)
