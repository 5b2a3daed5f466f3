-- Grain: place of vaccination x product x whole week before $today (0: the last one), of $weeks weeks. Unit: doses, as sampled.
-- Inputs: doses_by_day.
SELECT area_code AS place, product, (($today::DATE - 1 - day) // 7)::INTEGER AS week, sum(doses)::BIGINT AS doses
FROM doses_by_day
WHERE day < $today::DATE AND day >= $today::DATE - 7 * $weeks::INTEGER AND product <> '' GROUP BY ALL ORDER BY ALL
