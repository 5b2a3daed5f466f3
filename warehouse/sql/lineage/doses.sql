-- Unit: doses injected and not voided, up to the snapshot's instant. $area: code of the place of vaccination, '' for the
-- nation, which is provinces + central units + unknown place. Inputs: doses_by_day.
SELECT coalesce(sum(doses), 0)::BIGINT AS value
FROM doses_by_day
WHERE $area IN ('', area_code)
