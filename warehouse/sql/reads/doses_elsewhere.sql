-- Grain: residence area. Unit: doses of its residents; elsewhere: those of them not given in the area itself.
-- Inputs: residence_place.
SELECT residence_code AS area_code, sum(doses)::BIGINT AS doses,
       coalesce(sum(doses) FILTER (WHERE place_code <> residence_code), 0)::BIGINT AS elsewhere
FROM residence_place GROUP BY residence_code
