-- People of the place `place` by age band at the first dose; adults and everyone are divided by their population.
WITH own AS (SELECT area_code FROM place WHERE key = getvariable('place')),
counted AS (
    SELECT age_band AS key, coalesce(sum(people) FILTER (WHERE state = 'none'), 0) AS none, sum(people) FILTER (WHERE state <> 'none') AS dose1,
           sum(people) FILTER (WHERE state IN ('full', 'boosted')) AS fulls, sum(people) FILTER (WHERE state = 'boosted') AS boosted
    FROM people_state SEMI JOIN own USING (area_code) GROUP BY age_band),
summed AS (
    SELECT b.key, none, dose1, fulls, boosted
    FROM (VALUES ('0_4'), ('5_11'), ('12_17'), ('18_49'), ('50_64'), ('65plus'), ('unknown')) b(key) LEFT JOIN counted USING (key)
    UNION ALL
    SELECT '18plus', sum(none), sum(dose1), sum(fulls), sum(boosted) FROM counted WHERE key IN ('18_49', '50_64', '65plus')
    UNION ALL SELECT 'all', sum(none), sum(dose1), sum(fulls), sum(boosted) FROM counted),
share_of AS (
    SELECT population_group AS key, measure, sum(people) AS people, sum(population) AS population
    FROM (FROM reached WHERE area_code <> 'nation') SEMI JOIN own USING (area_code)
    WHERE population IS NOT NULL OR area_code IN ('unknown', 'central') GROUP BY ALL)
SELECT s.key, shown(none) AS none, shown(coalesce(dose1, 0)) AS dose1, shown(coalesce(fulls, 0)) AS "full",
       shown(coalesce(boosted, 0)) AS boosted, shown(a.population) AS population, percent(a.people, a.population) AS dose1_share,
       percent(b.people, b.population) AS full_share
FROM summed s LEFT JOIN share_of a ON a.key = s.key AND a.measure = 'dose1' LEFT JOIN share_of b ON b.key = s.key AND b.measure = 'full'
