-- Grain: change of the decision $decision, the newest first. Inputs: allocation_change.
SELECT changed_at, field, store_code AS store, product, lot_number AS lot, before, after
FROM allocation_change WHERE decision_id = $decision ORDER BY change_id DESC
