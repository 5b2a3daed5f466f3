-- Grain: one row: levels of temp.touched_supplies, and how many are not what a replay gives. Inputs: core.supply_level,
-- temp.touched_supplies, temp.counted_supply.
WITH held AS (FROM core.supply_level SEMI JOIN temp.touched_supplies USING (store_code, item_code, batch))
SELECT (SELECT count(*) FROM held) AS checked,
       (SELECT count(*) FROM (FROM held EXCEPT FROM temp.counted_supply))
       + (SELECT count(*) FROM (FROM temp.counted_supply EXCEPT FROM held)) AS differing
