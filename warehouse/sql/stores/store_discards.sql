-- Grain: store x lot of the area $area, or of the store $store, with doses at or past the discard point. Inputs: vial_monitor.
SELECT store_code AS place, lot_number AS lot, discard FROM vial_monitor
WHERE discard > 0 AND ($area = '' OR area_code = $area) AND ($store = '' OR store_code = $store)
