-- Every figure of the provinces `area` and `other`, side by side. Points are percentage points from the group's own target.
WITH side AS (SELECT 'left' AS side, getvariable('area') AS area_code UNION ALL SELECT 'right', getvariable('other')),
goal AS (
    SELECT arg_max(population_group, valid_from) AS population_group, arg_max(ratio, valid_from)::DECIMAL(9, 6) AS ratio
    FROM target WHERE valid_from <= (FROM today) GROUP BY target_id),
week AS (
    SELECT area_code, sum(doses) AS doses FROM doses_by_day WHERE day > (FROM today) - 7 GROUP BY area_code),
told AS (
    SELECT area_code, measure || '_' || population_group AS key, share(people, population) AS text FROM reached
    WHERE population_group IN ('18plus', 'all')
    UNION ALL
    SELECT area_code, m || '_65plus', shown(sum(people)) FROM people_state, (VALUES ('dose1'), ('full')) v(m)
    WHERE age_band = '65plus' AND state <> 'none' AND (m = 'dose1' OR state <> 'partial') GROUP BY area_code, m
    UNION ALL
    SELECT area_code, 'doses7_all', tenth(doses * 1000 / population) FROM week JOIN in_force USING (area_code)
    WHERE population_group = 'all'
    UNION ALL SELECT area_code, 'daily_all', tenth(doses / 7) FROM week
    UNION ALL
    SELECT area_code, format('gap_{}_{}', measure, population_group),
           if(people < ratio * population, '−', '+') || tenth(abs(floor((people / population - ratio) * 1000 + 1e-5)) / 10)
    FROM reached JOIN goal USING (population_group)
    UNION ALL
    SELECT area_code, 'left_' || population_group, shown(greatest(population - people, 0)) FROM reached
    WHERE measure = 'dose1' AND population_group IN ('18plus', 'all')
    UNION ALL
    SELECT area_code, 'usage_all', tenth(floor(given * 1000 / received + 1e-6) / 10) || '%'
    FROM usage_now WHERE area_code <> 'nation' AND received > 0 AND area_code IN (SELECT place FROM place_stock)
    UNION ALL
    SELECT area_code, 'usage_allocated_all', tenth(floor(given * 1000 / allocated + 1e-6) / 10) || '%'
    FROM usage_now WHERE area_code <> 'nation' AND allocated > 0 AND area_code IN (SELECT place FROM place_stock)
    UNION ALL
    SELECT area_code, 'usage_gone_all', tenth(floor(given * 1000 / gone + 1e-6) / 10) || '%'
    FROM usage_now WHERE area_code <> 'nation' AND gone > 0 AND area_code IN (SELECT place FROM place_stock)
    UNION ALL
    SELECT place, 'cover_all', down(sum(usable) / (SELECT sum(pace) FROM place_pace p WHERE p.place = s.place)) FROM place_stock s GROUP BY place
    UNION ALL SELECT area_code, 'doses', shown(sum(doses)) FROM doses_by_day GROUP BY area_code
    UNION ALL SELECT area_code, 'doses_last_7_days', shown(doses) FROM week
    UNION ALL SELECT area_code, 'registered', shown(sum(people)) FROM registration_by_area GROUP BY area_code
    UNION ALL SELECT area_code, 'delivered', shown(sum(delivered)) FROM stock_by_area GROUP BY area_code
    UNION ALL SELECT area_code, 'on_hand', shown(sum(on_hand)) FROM stock_by_area GROUP BY area_code)
PIVOT (SELECT key, side, text FROM told JOIN side USING (area_code)) ON side IN ('left', 'right') USING any_value(text) GROUP BY key
