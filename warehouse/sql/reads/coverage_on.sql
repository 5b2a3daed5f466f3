-- Grain: area x group. People by residence who had reached the state on $day (day of injection) or before, as recorded
-- now, beside the population of the version asked for ($version): the figure in force on the day of the snapshot, so
-- that two days differ by people only. Groups are those that have any day; an area without a person yet has zero.
-- Inputs: people_by_area, people_by_day, population, snapshot_info.
WITH in_force AS (
    SELECT area_code, population_group, arg_max(people, valid_from) AS people
    FROM population
    WHERE version = $version AND valid_from <= (SELECT greatest(as_of::DATE, DATE '2021-03-08') FROM snapshot_info)
    GROUP BY area_code, population_group),
kept AS (
    SELECT population_group, bool_or(dose1_people IS NOT NULL) AS dose1, bool_or(full_people IS NOT NULL) AS fulls
    FROM people_by_day GROUP BY population_group),
-- 65+ has days, and in people_by_area no row of its own.
cells AS (
    SELECT area_code, population_group FROM people_by_area
    UNION
    SELECT area_code, '65plus' FROM people_by_area),
reached AS (
    SELECT area_code, population_group, sum(dose1_people) AS dose1_people, sum(full_people) AS full_people
    FROM people_by_day WHERE day <= $day GROUP BY ALL)
SELECT c.area_code, c.population_group,
       CASE WHEN k.dose1 THEN coalesce(r.dose1_people, 0) END::BIGINT AS dose1_people,
       CASE WHEN k.fulls THEN coalesce(r.full_people, 0) END::BIGINT AS full_people, f.people AS population
FROM cells c JOIN kept k USING (population_group)
LEFT JOIN reached r USING (area_code, population_group)
LEFT JOIN in_force f USING (area_code, population_group)
