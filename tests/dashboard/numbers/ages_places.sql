-- The bands of 12 years and more, side by side. Grain: residence, and all of them.
WITH person AS (
    SELECT key, age_band, people, state IN ('full', 'boosted') AS has_all FROM place LEFT JOIN people_state USING (area_code)
    WHERE key NOT LIKE 'tier-%' AND key <> 'central' AND coalesce(state, 'partial') <> 'none')
SELECT key,
       shown(coalesce(sum(people) FILTER (WHERE age_band = '12_17'), 0)) AS dose1_12_17,
       shown(coalesce(sum(people) FILTER (WHERE age_band = '12_17' AND has_all), 0)) AS full_12_17,
       shown(coalesce(sum(people) FILTER (WHERE age_band = '18_49'), 0)) AS dose1_18_49,
       shown(coalesce(sum(people) FILTER (WHERE age_band = '18_49' AND has_all), 0)) AS full_18_49,
       shown(coalesce(sum(people) FILTER (WHERE age_band = '50_64'), 0)) AS dose1_50_64,
       shown(coalesce(sum(people) FILTER (WHERE age_band = '50_64' AND has_all), 0)) AS full_50_64,
       shown(coalesce(sum(people) FILTER (WHERE age_band = '65plus'), 0)) AS dose1_65plus,
       shown(coalesce(sum(people) FILTER (WHERE age_band = '65plus' AND has_all), 0)) AS full_65plus
FROM person GROUP BY key
