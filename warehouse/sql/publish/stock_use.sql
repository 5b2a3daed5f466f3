-- Grain: store x product with stock, or with use in the look-back. Unit: doses. Inputs: core.stock_use, core.stock_clock, core.store.
SELECT u.store_code, coalesce(s.province_code, 'central') AS area_code, u.product_code AS product, u.used AS used_doses,
       u.stock_days, c.look_back_days, u.last_used_on
FROM core.stock_use u JOIN core.store s ON s.code = u.store_code CROSS JOIN core.stock_clock c
