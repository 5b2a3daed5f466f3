-- Grain: store x lot. Unit: doses, full size. A level below zero stays. Not sorted: sorting by two names takes as
-- long as all the rest. Inputs: core.stock_level, core.store, core.lot.
SELECT b.store_code, b.lot_number, coalesce(l.product_code, '') AS product, coalesce(s.province_code, 'central') AS area_code,
       b.incoming, b.administered, b.wasted_open + b.wasted_closed AS wasted, b.on_hand, b.arrived, b.sent AS shipped_out,
       b.sent_here - (b.incoming - b.arrived) AS in_transit,
       b.incoming - b.sent - b.administered - b.wasted_open - b.wasted_closed - b.on_hand AS lost, b.wasted_open,
       b.wasted_closed, b.thawed_on, b.counted_at::DATE AS counted_on, b.last_sent_at, b.last_received_at
FROM core.stock_level b JOIN core.store s ON s.code = b.store_code LEFT JOIN core.lot l USING (lot_number)
