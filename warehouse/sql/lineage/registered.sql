-- Unit: people who registered, whatever became of it. $area: code of the area of registration, '' for the nation.
-- Inputs: registration_by_area.
SELECT sum(people)::BIGINT AS value
FROM registration_by_area
WHERE $area IN ('', area_code)
