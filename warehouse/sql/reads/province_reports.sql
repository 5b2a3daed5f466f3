-- Grain: province that recorded doses on at least $least of the days from $since on before $day. Unit of `doses`: recorded from
-- $day on. Inputs: doses_by_recorded_day, by place of vaccination.
SELECT area_code, coalesce(sum(doses) FILTER (WHERE day >= $day), 0)::BIGINT AS doses,
       max(day) FILTER (WHERE day < $day) AS last_on
FROM doses_by_recorded_day WHERE day >= $since AND doses > 0 AND area_code NOT IN ('central', 'unknown')
GROUP BY area_code HAVING count(DISTINCT day) FILTER (WHERE day < $day) >= $least ORDER BY area_code
