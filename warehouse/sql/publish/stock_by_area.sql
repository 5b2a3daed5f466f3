-- Grain: area x product. Unit: doses, full size. Delivered: what reached the province's own store from above. On hand: over
-- all stores of the area. Inputs: outgoing.stock_by_lot, core.store.
SELECT b.area_code, b.product,
       coalesce(sum(b.incoming) FILTER (WHERE s.level IN ('province', 'recipient')), 0)::BIGINT AS delivered,
       sum(b.administered)::BIGINT AS administered, sum(b.wasted)::BIGINT AS wasted, sum(b.on_hand)::BIGINT AS on_hand
FROM outgoing.stock_by_lot b JOIN core.store s ON s.code = b.store_code
GROUP BY ALL
