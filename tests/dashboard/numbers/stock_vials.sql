-- Doses in stores by the stage of their monitors, by product; of a product without a monitor, and none read, nothing.
WITH part AS (
    SELECT h.product, h.doses, v.stage, if(v.stage >= 3, v.discard, least(coalesce(v.doses, h.doses), h.doses)) AS told
    FROM heap h LEFT JOIN vial_monitor v USING (store_code, lot_number)
    WHERE h.doses > 0 AND getvariable('area') IN ('', h.area_code) AND getvariable('store') IN ('', h.store_code)),
summed AS (
    SELECT product, sum(doses) AS doses, coalesce(sum(told) FILTER (WHERE stage = 1), 0) AS stage1, coalesce(sum(told) FILTER (WHERE stage = 2), 0) AS stage2,
           coalesce(sum(told) FILTER (WHERE stage = 3), 0) AS stage3, coalesce(sum(told) FILTER (WHERE stage = 4), 0) AS stage4
    FROM part GROUP BY product)
SELECT product AS key, if(known, shown(stage1), '') AS stage1, if(known, shown(stage2), '') AS stage2, if(known, shown(stage3), '') AS stage3,
       if(known, shown(stage4), '') AS stage4, if(known, shown(doses - stage1 - stage2 - stage3 - stage4), '') AS unread,
       regexp_extract(vvm_type, '[0-9]+') AS carries_name
FROM (SELECT s.*, m.vvm_type, m.carries = 'yes' OR stage1 + stage2 + stage3 + stage4 > 0 AS known FROM summed s JOIN supply_monitor m USING (product))
