-- Grain: area x group. People by residence beside the population of the version asked for ($version), the figure that is
-- in force on the day of the snapshot. population is NULL where that version has none.
WITH in_force AS (
    SELECT area_code, population_group, arg_max(people, valid_from) AS people, count(*) AS figures
    FROM population
    WHERE version = $version AND valid_from <= (SELECT greatest(as_of::DATE, DATE '2021-03-08') FROM snapshot_info)
    GROUP BY area_code, population_group)
SELECT p.area_code, p.population_group, p.dose1_people, p.full_people, f.people AS population
FROM people_by_area p
LEFT JOIN in_force f USING (area_code, population_group)
