-- Adults with at least one dose on the day `against` and now. Grain: area, the nation without areas that lack a population.
WITH earlier AS (
    SELECT area_code, sum(dose1_people) AS people FROM people_by_day
    WHERE population_group = '18plus' AND day <= getvariable('against') GROUP BY area_code),
pair AS (
    SELECT r.area_code, coalesce(t.people, 0) AS before, r.people AS after, r.population
    FROM reached r LEFT JOIN earlier t USING (area_code)
    WHERE population_group = '18plus' AND measure = 'dose1' AND r.area_code <> 'nation'),
both_ends AS (
    FROM pair UNION ALL
    SELECT 'nation', sum(before), sum(after), sum(population) FROM pair WHERE population IS NOT NULL OR area_code = 'unknown')
SELECT area_code AS key, share(before, population) AS before, share(after, population) AS after FROM both_ends
UNION ALL SELECT code, '', '' FROM area WHERE code = 'central'
