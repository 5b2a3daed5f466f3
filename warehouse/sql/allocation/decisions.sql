-- Grain: decision, the newest first; one that nobody entered last. Inputs: allocation_decision.
SELECT decision_id, number, round, decided_on, coalesce(signed_by, '') AS signed_by, withdrawn, coalesce(source, '') AS source,
       coalesce(earmark, '') AS earmark, known
FROM allocation_decision ORDER BY decided_on DESC NULLS LAST, decision_id DESC
