-- Grain: reallocation plan that the snapshot tells of. Inputs: reallocation.
SELECT plan_id, title, state, revision, until_at AS until, changed_at, approved_at, number, decided_on, made_from, days
FROM reallocation ORDER BY plan_id
