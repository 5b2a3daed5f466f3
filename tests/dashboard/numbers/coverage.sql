-- The table below the map. Grain: area. Doses by place of vaccination, people by residence, the nation being all of them.
WITH counted AS (
    SELECT a.code AS key,
           coalesce((SELECT sum(doses) FROM doses_by_day d WHERE d.area_code = a.code), 0) AS doses,
           coalesce((SELECT sum(doses) FROM doses_by_day d WHERE d.area_code = a.code AND day > (FROM today) - 7), 0)
               AS doses_last_7_days,
           coalesce((SELECT sum(people) FROM registration_by_area r WHERE r.area_code = a.code), 0) AS registered,
           (SELECT sum(delivered) FROM stock_by_area s WHERE s.area_code = a.code) AS delivered,
           (SELECT sum(on_hand) FROM stock_by_area s WHERE s.area_code = a.code) AS on_hand
    FROM area a),
all_of_them AS (
    FROM counted UNION ALL
    SELECT 'nation', sum(doses), sum(doses_last_7_days), sum(registered), sum(delivered), sum(on_hand) FROM counted),
wide AS (
    PIVOT (SELECT area_code, measure || '_' || population_group AS pair, share(people, population) AS text FROM reached
           WHERE population_group IN ('18plus', 'all'))
    ON pair IN ('dose1_18plus', 'full_18plus', 'dose1_all', 'full_all') USING any_value(text) GROUP BY area_code)
SELECT c.key, w.* EXCLUDE (area_code), shown(doses) AS doses, shown(doses_last_7_days) AS doses_last_7_days,
       shown(registered) AS registered, shown(delivered) AS delivered, shown(on_hand) AS on_hand
FROM all_of_them c LEFT JOIN wide w ON w.area_code = c.key
