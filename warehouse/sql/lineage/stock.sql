-- Unit: doses of vaccine, full size. $figure: 'delivered' (reached the area's own store from above) or 'on_hand' (the level
-- that follows from the ledger). $area: code of the area, '' for the nation. Inputs: stock_by_area.
SELECT sum(CASE $figure WHEN 'delivered' THEN delivered WHEN 'on_hand' THEN on_hand END)::BIGINT AS value
FROM stock_by_area
WHERE $area IN ('', area_code)
