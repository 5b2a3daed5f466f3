-- Grain: store of the levels $levels with doses whose last count is older than $days days before $today, or that was never
-- counted; of the areas $areas. The most doses first. Inputs: store, stock_by_lot.
WITH level AS (
    SELECT store_code, max(counted_on) AS counted_on, sum(greatest(on_hand, 0))::BIGINT AS doses
    FROM stock_by_lot WHERE list_contains($areas::VARCHAR[], area_code) GROUP BY ALL)
SELECT s.store_code AS code, s.level, s.area_code AS area, s.district_code AS district, s.site_code AS site,
       s.recipient_code AS recipient, l.counted_on, l.doses
FROM store s JOIN level l USING (store_code)
WHERE list_contains($levels::VARCHAR[], s.level) AND l.doses > 0
  AND (l.counted_on IS NULL OR l.counted_on < $today::DATE - $days::INTEGER)
ORDER BY l.doses DESC, s.store_code
