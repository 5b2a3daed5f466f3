-- Grain: store x item x batch. Unit: pieces. A level below zero stays. Inputs: core.supply_level, core.store.
SELECT b.store_code, coalesce(s.province_code, 'central') AS area_code, b.item_code AS item, b.batch, b.on_hand, b.incoming,
       b.sent AS shipped_out, b.used, b.wasted, b.incoming - b.sent - b.used - b.wasted - b.on_hand AS lost,
       b.counted_at::DATE AS counted_on
FROM core.supply_level b JOIN core.store s ON s.code = b.store_code
