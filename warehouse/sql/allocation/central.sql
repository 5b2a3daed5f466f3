-- Grain: area x product with any. Unit: doses, full size. central: doses that the area gave of lots beyond what it received of
-- them and what the vials of these may have yielded, up to what central units (army, police, central hospitals and institutes)
-- received of the same lots and their ledgers do not show as given, wasted or sent on. Two areas may both have had the same doses.
-- $products, $most: doses that a vial of a product may yield. Inputs: stock_by_lot, store, lot.
WITH vial AS (SELECT unnest($products::VARCHAR[]) AS product, unnest($most::INTEGER[]) AS most_doses),
lots AS (
    SELECT b.area_code, b.product, b.lot_number, sum(b.administered) AS given, sum(b.wasted) AS wasted,
           sum(b.incoming - coalesce(b.shipped_out, 0)
               + CASE WHEN s.level IN ('province', 'recipient') THEN 0 ELSE coalesce(b.in_transit, 0) END) AS kept
    FROM stock_by_lot b JOIN store s USING (store_code) WHERE s.level NOT IN ('national', 'regional') GROUP BY ALL),
beyond AS (
    SELECT a.area_code, a.product, a.lot_number,
           a.given - a.kept - coalesce(greatest(a.kept, 0) // l.doses_per_vial * greatest(v.most_doses - l.doses_per_vial, 0), 0)
               AS doses
    FROM lots a LEFT JOIN lot l USING (lot_number) LEFT JOIN vial v ON v.product = a.product WHERE a.area_code <> 'central'),
spare AS (SELECT lot_number, product, kept - given - wasted AS doses FROM lots WHERE area_code = 'central')
SELECT b.area_code AS area, b.product, sum(least(b.doses, c.doses))::BIGINT AS central
FROM beyond b JOIN spare c USING (lot_number, product) WHERE b.doses > 0 AND c.doses > 0 GROUP BY ALL ORDER BY ALL
