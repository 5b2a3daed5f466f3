-- Grain: target in force on the day of the snapshot: of each target the newest version whose valid_from is not after it.
-- Earlier versions stay in the table, for who wants to know what was aimed at before. Inputs: target, snapshot_info.
SELECT t.* FROM target t
WHERE t.valid_from <= (SELECT greatest(as_of::DATE, DATE '2021-07-08') FROM snapshot_info)
QUALIFY row_number() OVER (PARTITION BY t.target_id ORDER BY t.valid_from DESC) = 1
ORDER BY t.due_on, t.target_id
