-- Unit: people of $group who have reached $measure, and the population of the same group and areas in the version
-- $denominator that is in force on the day of the snapshot. $area: code of the residence, '' for the nation. In the nation
-- an area without a population is left out of both sides. Inputs: people_by_area, population, snapshot_info.
WITH in_force AS (
    SELECT area_code, arg_max(people, valid_from) AS people
    FROM population
    WHERE version = $denominator AND population_group = $group
      AND valid_from <= (SELECT greatest(as_of::DATE, DATE '2021-03-08') FROM snapshot_info)
    GROUP BY area_code),
reached AS (
    SELECT p.area_code, f.people AS population,
           CASE $measure WHEN 'dose1' THEN p.dose1_people WHEN 'full' THEN p.full_people END AS people
    FROM people_by_area p LEFT JOIN in_force f USING (area_code)
    WHERE p.population_group = $group AND $area IN ('', p.area_code))
SELECT sum(people)::BIGINT AS value, sum(population)::BIGINT AS population
FROM reached
WHERE population IS NOT NULL OR area_code IN ('unknown', 'central') OR $area <> ''
