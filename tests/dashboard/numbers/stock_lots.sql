-- Lots of which doses will be over: their last day, days left, doses, doses over, and what would save them.
SELECT place || ' ' || lot_number || coalesce(strftime(thawed_on, ' %Y%m%d'), '') || coalesce((SELECT strftime(min(ends), ' %Y%m%d') FROM restricted r WHERE r.lot_number = area_lot.lot_number AND ends = until), '') AS key, on_day(until) || rests AS until, shown(days_left) AS days_left,
       shown(doses) AS doses, shown(left_over) AS expiring, shown(needed) || ' ' || shown(left_over) AS advice_name
FROM area_lot WHERE left_over > 0 AND getvariable('area') IN ('', CASE place WHEN 'national' THEN 'central' ELSE place END)
