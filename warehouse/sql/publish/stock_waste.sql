-- Grain: store x lot x kind of vial x reason. Unit: doses, full size. $waste_texts, $waste_numbers: reasons in the registry's words.
-- Inputs: core.stock_waste.
WITH known AS (SELECT unnest($waste_texts::VARCHAR[]) AS text, unnest($waste_numbers::INTEGER[]) AS number),
reasons AS (
    SELECT r.reason, CASE WHEN r.reason = '' THEN 0 ELSE coalesce(k.number, 99) END AS number
    FROM (SELECT DISTINCT reason FROM core.stock_waste) r LEFT JOIN known k ON lower(k.text) = lower(r.reason))
SELECT w.store_code, w.lot_number, w.closed, r.number AS reason, sum(w.doses)::BIGINT AS doses
FROM core.stock_waste w JOIN reasons r USING (reason) WHERE w.doses <> 0 GROUP BY ALL
