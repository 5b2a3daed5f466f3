-- Grain: store x lot of which a monitor was read: the newest reading. campaign/vial_monitors.py has the rule. Unit: doses.
-- Inputs: core.vial_reading, core.store, core.lot, core.stock_level.
WITH newest AS (
    SELECT store_code, lot_number, arg_max(struct_pack(stage, doses, read_at, occasion),
                                           (read_at, stage, doses IS NULL, coalesce(doses, 0))) AS told
    FROM core.vial_reading GROUP BY ALL)
SELECT n.store_code, n.lot_number, coalesce(l.product_code, '') AS product, coalesce(s.province_code, 'central') AS area_code,
       n.told.stage::INTEGER AS stage, n.told.doses AS doses, n.told.read_at AS read_at, n.told.occasion AS occasion,
       coalesce(b.on_hand, 0) AS on_hand,
       CASE WHEN n.told.stage >= 3 THEN least(greatest(coalesce(b.on_hand, 0), 0), coalesce(n.told.doses, greatest(coalesce(b.on_hand, 0), 0)))
            ELSE 0 END AS discard
FROM newest n JOIN core.store s ON s.code = n.store_code LEFT JOIN core.lot l USING (lot_number)
LEFT JOIN core.stock_level b USING (store_code, lot_number)
