-- Grain: place x product x days from $today, up to $days, with sessions that are planned or open. $stores, $places: the place of each
-- store; a site without a store is nobody's. Unit: people planned, as sampled. Inputs: session_ahead, store.
WITH place AS (SELECT unnest($stores::VARCHAR[]) AS store_code, unnest($places::VARCHAR[]) AS place),
own AS (SELECT site_code, min(store_code) AS store_code FROM store WHERE site_code IS NOT NULL GROUP BY ALL)
SELECT p.place, a.product, (a.day - $today::DATE)::INTEGER AS day, sum(a.planned_people)::BIGINT AS people
FROM session_ahead a JOIN own USING (site_code) JOIN place p USING (store_code)
WHERE a.day BETWEEN $today::DATE AND $today::DATE + $days::INTEGER GROUP BY ALL ORDER BY ALL
