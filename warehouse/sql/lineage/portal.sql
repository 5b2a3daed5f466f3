-- The reading of the portal of 2021: doses given by the area's own vaccinating units over its adults. It is no share of people:
-- one person may have several doses. Unit: doses, and people of 18 and more in the version $denominator in force on the day
-- of the snapshot. $area: code of the place, '' for the nation, in which areas without a population are left out of both
-- sides and central units count. Inputs: doses_by_day, population, area, snapshot_info.
WITH in_force AS (
    SELECT area_code, arg_max(people, valid_from) AS people
    FROM population
    WHERE version = $denominator AND population_group = '18plus'
      AND valid_from <= (SELECT greatest(as_of::DATE, DATE '2021-03-08') FROM snapshot_info)
    GROUP BY area_code),
given AS (SELECT area_code, sum(doses) AS doses FROM doses_by_day GROUP BY area_code)
SELECT sum(g.doses)::BIGINT AS value, sum(f.people)::BIGINT AS population
FROM area a LEFT JOIN given g ON g.area_code = a.code LEFT JOIN in_force f ON f.area_code = a.code
WHERE $area IN ('', a.code) AND (f.people IS NOT NULL OR a.code IN ('unknown', 'central') OR $area <> '')
