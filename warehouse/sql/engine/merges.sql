-- Grain: merged person, the newest merge in force, in the order in which they were made. Inputs: core.person_merge.
SELECT kept_key, merged_key
FROM core.person_merge
WHERE NOT undone
QUALIFY row_number() OVER (PARTITION BY merged_key ORDER BY merged_at DESC, merge_id DESC) = 1
ORDER BY merged_at, merge_id
