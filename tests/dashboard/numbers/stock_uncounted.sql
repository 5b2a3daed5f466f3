-- Provinces' own stores with doses that were not counted for too long: the day of the last count, how long ago, and the doses.
SELECT store_code AS key, trim(on_day(max(counted_on)) || ' ' || coalesce(shown((FROM today) - max(counted_on)), '')) AS counted,
       shown(sum(greatest(on_hand, 0))) AS doses
FROM stock_by_lot JOIN store USING (store_code)
WHERE level = 'province' AND getvariable('area') IN ('', store.area_code)
GROUP BY store_code
HAVING sum(greatest(on_hand, 0)) > 0 AND coalesce(max(counted_on) < (FROM today) - getvariable('count_days')::INTEGER, true)
