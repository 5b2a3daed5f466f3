-- Grain: area, of the site's store: people of sessions that are planned or open from $today on, up to $days later, as sampled. Inputs:
-- session_ahead, store.
WITH own AS (SELECT site_code, min_by(area_code, store_code) AS area_code FROM store WHERE site_code IS NOT NULL GROUP BY ALL)
SELECT own.area_code AS area, sum(a.planned_people)::BIGINT AS people
FROM session_ahead a JOIN own USING (site_code)
WHERE a.day BETWEEN $today::DATE AND $today::DATE + $days::INTEGER GROUP BY ALL ORDER BY ALL
