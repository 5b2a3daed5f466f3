-- Grain: store x lot with a reading of its vials' monitors and doses there, of the area $area or the store $store, or of all; the
-- worst first. Unit: doses. Inputs: vial_monitor, store.
SELECT CASE WHEN s.level IN ('national', 'regional') THEN 'national' ELSE v.area_code END AS place, v.area_code AS area, v.store_code AS store,
       s.level, s.district_code AS district, s.site_code AS site, s.recipient_code AS recipient, v.lot_number AS lot, v.product,
       v.stage, v.doses, v.read_at, v.on_hand, v.discard
FROM vial_monitor v JOIN store s USING (store_code)
WHERE v.on_hand > 0 AND ($area = '' OR v.area_code = $area) AND ($store = '' OR v.store_code = $store)
ORDER BY v.discard DESC, v.stage DESC, v.store_code, v.lot_number
