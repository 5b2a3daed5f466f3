-- Grain: place of vaccination. Unit: doses by whether the identity on the record matches the population register; the
-- three add up to all doses of the place. Inputs: identity_status.
SELECT area_code, coalesce(sum(doses) FILTER (WHERE status = 'matched'), 0)::BIGINT AS matched,
       coalesce(sum(doses) FILTER (WHERE status = 'mismatched'), 0)::BIGINT AS mismatched,
       coalesce(sum(doses) FILTER (WHERE status NOT IN ('matched', 'mismatched')), 0)::BIGINT AS none
FROM identity_status GROUP BY area_code ORDER BY mismatched DESC, area_code
