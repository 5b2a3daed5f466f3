-- Grain: place x product with doses given or wasted; place: the store where $by_store, else the area, 'national' for the national
-- and regional stores. Unit: doses since the beginning, full size; of the area $area, or of the store $store. entered_open: entered
-- as wasted from opened vials. extra: given and in no entry, which the extra volume of the vials that came and were not sent on
-- explains whole (campaign.wastage.explained); $products, $most: doses that a vial may yield. gained: beyond the label, lot by lot.
-- Inputs: stock_by_lot, store, lot.
WITH vial AS (SELECT unnest($products::VARCHAR[]) AS product, unnest($most::INTEGER[]) AS most_doses),
rows AS (
    SELECT CASE WHEN $by_store THEN b.store_code WHEN s.level IN ('national', 'regional') THEN 'national' ELSE b.area_code END AS place,
           b.product, b.administered, coalesce(b.wasted_open, 0) AS entered_open, coalesce(b.wasted_closed, 0) AS closed,
           greatest(-b.on_hand - greatest(coalesce(b.in_transit, 0), 0), 0) AS missing,
           coalesce(greatest(b.incoming - coalesce(b.shipped_out, 0), 0) // l.doses_per_vial
                    * greatest(v.most_doses - l.doses_per_vial, 0), 0) AS known
    FROM stock_by_lot b JOIN store s USING (store_code) LEFT JOIN lot l USING (lot_number)
         LEFT JOIN vial v ON v.product = b.product
    WHERE ($area = '' OR b.area_code = $area) AND ($store = '' OR b.store_code = $store)),
told AS (SELECT *, CASE WHEN missing <= known THEN missing ELSE 0 END AS extra FROM rows)
SELECT place, product, sum(administered)::BIGINT AS given, sum(entered_open)::BIGINT AS entered_open, sum(closed)::BIGINT AS closed,
       sum(extra)::BIGINT AS extra, sum(greatest(extra - entered_open, 0))::BIGINT AS gained
FROM told GROUP BY ALL HAVING sum(administered) <> 0 OR bool_or(entered_open <> 0 OR closed <> 0) ORDER BY ALL
