-- Grain: area x product. Unit: doses, full size, since the beginning. received: what came into the area's stores less what left
-- them, and what is on its way to a store below the area's own, which left one and came into none; that is on hand, too. extra:
-- doses beyond the label that the vials that stayed may have yielded; $products, $most: doses that a vial of a product may
-- yield. Inputs: stock_by_lot, store, lot.
WITH vial AS (SELECT unnest($products::VARCHAR[]) AS product, unnest($most::INTEGER[]) AS most_doses),
lots AS (
    SELECT b.area_code, b.product, b.lot_number, sum(b.administered) AS given, sum(b.wasted) AS wasted,
           sum(CASE WHEN s.level IN ('province', 'recipient') THEN 0 ELSE coalesce(b.in_transit, 0) END) AS inside,
           sum(b.incoming - coalesce(b.shipped_out, 0)) AS kept, sum(b.on_hand) AS on_hand
    FROM stock_by_lot b JOIN store s USING (store_code) WHERE s.level NOT IN ('national', 'regional') GROUP BY ALL)
SELECT b.area_code AS area, b.product, coalesce(sum(b.given), 0)::BIGINT AS given,
       sum(b.kept + b.inside)::BIGINT AS received, sum(b.on_hand + b.inside)::BIGINT AS on_hand,
       coalesce(sum(b.wasted), 0)::BIGINT AS wasted,
       coalesce(sum(greatest(b.kept + b.inside, 0) // l.doses_per_vial * greatest(v.most_doses - l.doses_per_vial, 0)), 0)
           ::BIGINT AS extra
FROM lots b LEFT JOIN lot l USING (lot_number) LEFT JOIN vial v ON v.product = b.product
GROUP BY ALL ORDER BY ALL
