-- Grain: area. Unit: doses, full size: given, and received less what was sent on to stores of other areas. That is what came
-- into its stores less what left them, and what is on its way to a store below the area's own, which left one and came into
-- none; a store below the area's own is supplied from within. Inputs: stock_by_lot, store.
SELECT b.area_code AS area, coalesce(sum(b.administered), 0)::BIGINT AS given,
       sum(b.incoming - coalesce(b.shipped_out, 0)
           + CASE WHEN s.level IN ('province', 'recipient') THEN 0 ELSE coalesce(b.in_transit, 0) END)::BIGINT AS received
FROM stock_by_lot b JOIN store s USING (store_code) WHERE s.level NOT IN ('national', 'regional')
GROUP BY ALL ORDER BY ALL
