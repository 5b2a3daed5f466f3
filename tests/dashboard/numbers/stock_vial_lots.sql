-- Lots of which the monitor was read, and that are there: the stage, doses at it, doses not to be given.
SELECT v.store_code || ' ' || v.lot_number AS key, v.stage::VARCHAR AS stage, shown(least(coalesce(v.doses, h.doses), h.doses)) AS at_stage,
       shown(if(v.stage >= 3, least(coalesce(v.doses, h.doses), h.doses), 0)) AS discard, on_instant(v.read_at) AS at
FROM vial_monitor v JOIN heap h USING (store_code, lot_number)
WHERE h.doses > 0 AND getvariable('area') IN ('', v.area_code) AND getvariable('store') IN ('', v.store_code)
