-- Grain: store with doses of the lot $lot at or past the discard point of their monitors. Unit: doses. Inputs: vial_monitor.
SELECT store_code AS store, discard FROM vial_monitor WHERE lot_number = $lot AND discard > 0
