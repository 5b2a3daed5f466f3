-- Unit: doses injected on the $days days that end $ago days before the last day of the snapshot. $area: code of the place
-- of vaccination, '' for the nation. Inputs: doses_by_day, snapshot_info.
SELECT coalesce(sum(d.doses), 0)::BIGINT AS value
FROM doses_by_day d
CROSS JOIN snapshot_info s
WHERE $area IN ('', d.area_code)
  AND d.day <= s.last_day - $ago::INTEGER
  AND d.day > s.last_day - $ago::INTEGER - $days::INTEGER
