-- Grain: dose, not voided, of the people whose doses changed. Ordered as the series engine needs it.
SELECT d.person_key, d.injected_at::DATE AS injected_on, d.dose_id, d.product_code, d.age_years
FROM core.dose d
WHERE NOT d.voided AND d.person_key IN (SELECT person_key FROM temp.changed_people)
ORDER BY d.person_key, injected_on, d.dose_id
