-- Unit: people of $group without a dose: the population in the version $denominator that is in force on the day of the
-- snapshot, less the people with one valid dose or more; never below zero. $area: code of the residence, '' for the nation,
-- in which areas without a population are left out of both sides. Inputs: people_by_area, population, snapshot_info.
WITH in_force AS (
    SELECT area_code, arg_max(people, valid_from) AS people
    FROM population
    WHERE version = $denominator AND population_group = $group
      AND valid_from <= (SELECT greatest(as_of::DATE, DATE '2021-03-08') FROM snapshot_info)
    GROUP BY area_code),
reached AS (
    SELECT p.area_code, f.people AS population, p.dose1_people AS people
    FROM people_by_area p LEFT JOIN in_force f USING (area_code)
    WHERE p.population_group = $group AND $area IN ('', p.area_code))
SELECT greatest(sum(population) - sum(people), 0)::BIGINT AS value
FROM reached
WHERE population IS NOT NULL OR area_code IN ('unknown', 'central') OR $area <> ''
