-- Grain: changed field of a decision or of a line of it. Inputs: core.allocation_change.
SELECT change_id, decision_id, coalesce(store_code, '') AS store_code, coalesce(product_code, '') AS product,
       coalesce(lot_number, '') AS lot_number, field, before, after, changed_at
FROM core.allocation_change ORDER BY change_id
