-- Doses entered as wasted by reason, of the area, the store or the nation.
SELECT if(closed, 'closed ', 'open ') || reason AS key, shown(sum(doses)) AS doses, shown(count(DISTINCT w.store_code)) AS stores
FROM stock_waste w JOIN store s USING (store_code)
WHERE getvariable('area') IN ('', s.area_code) AND getvariable('store') IN ('', w.store_code)
GROUP BY closed, reason
