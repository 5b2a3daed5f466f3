-- The districts of the province `area`, what is of no known district, and the province. People by residence, doses by place.
WITH person AS (
    SELECT district_code, people, state <> 'partial' AS has_all, age_band IN ('18_49', '50_64', '65plus') AS adult,
           age_band = '65plus' AS senior
    FROM people_state WHERE area_code = getvariable('area') AND state <> 'none'),
dose AS (SELECT district_code, day, doses FROM doses_by_district_day WHERE area_code = getvariable('area')),
-- The province's population, shared out as the census of the districts has it: whole people, the largest remainders first.
part AS (
    SELECT code, f.population AS whole, d.population * f.population / sum(d.population) OVER () AS exact
    FROM read_csv('data/reference/districts.csv', types = {'code': 'VARCHAR', 'province_code': 'VARCHAR'}) d
    JOIN in_force f ON f.area_code = d.province_code AND f.population_group = 'all'
    WHERE province_code = getvariable('area')),
counted AS (
    SELECT code, (floor(exact) + (row_number() OVER (ORDER BY exact - floor(exact) DESC, code)
                                  <= whole - sum(floor(exact)) OVER ())::INTEGER)::BIGINT AS population FROM part),
district AS (SELECT DISTINCT district_code AS key FROM person UNION SELECT DISTINCT district_code FROM dose)
SELECT coalesce(nullif(key, ''), 'unknown') AS key,
       share(coalesce((SELECT sum(people) FROM person WHERE district_code = key), 0), population) AS dose1_all,
       share(coalesce((SELECT sum(people) FROM person WHERE district_code = key AND has_all), 0), population) AS full_all,
       shown(coalesce((SELECT sum(people) FROM person WHERE district_code = key AND adult), 0)) AS dose1_18plus,
       shown(coalesce((SELECT sum(people) FROM person WHERE district_code = key AND adult AND has_all), 0)) AS full_18plus,
       shown(coalesce((SELECT sum(people) FROM person WHERE district_code = key AND senior), 0)) AS dose1_65plus,
       shown(coalesce((SELECT sum(people) FROM person WHERE district_code = key AND senior AND has_all), 0)) AS full_65plus,
       shown(coalesce((SELECT sum(doses) FROM dose WHERE district_code = key), 0)) AS doses,
       shown(coalesce((SELECT sum(doses) FROM dose WHERE district_code = key AND day > (FROM today) - 7), 0))
           AS doses_last_7_days
FROM district LEFT JOIN counted ON code = key
UNION ALL
SELECT 'province', (SELECT share(people, population) FROM reached
                    WHERE area_code = getvariable('area') AND population_group = 'all' AND measure = 'dose1'),
       (SELECT share(people, population) FROM reached
        WHERE area_code = getvariable('area') AND population_group = 'all' AND measure = 'full'),
       shown((SELECT sum(people) FROM person WHERE adult)), shown((SELECT sum(people) FROM person WHERE adult AND has_all)),
       shown((SELECT sum(people) FROM person WHERE senior)), shown((SELECT sum(people) FROM person WHERE senior AND has_all)),
       shown((SELECT sum(doses) FROM doses_by_day WHERE area_code = getvariable('area'))),
       shown((SELECT sum(doses) FROM doses_by_day WHERE area_code = getvariable('area') AND day > (FROM today) - 7))
