-- Grain: store x lot: doses that are there and past the discard point of their vials' monitors. Inputs: vial_monitor.
SELECT store_code AS store, lot_number AS lot, discard FROM vial_monitor WHERE discard > 0 ORDER BY ALL
