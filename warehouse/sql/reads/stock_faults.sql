-- Grain: area ('' for the national and regional stores) x product where something is wrong. Unit: store x lot, and doses.
-- Negative: below zero by more than what is on its way and the extra volume of the vials that came and were not sent on would
-- explain; $products, $most: doses that a vial of a product may yield. Late: sent before $late; short where the store received
-- something since. $stores, $lots, $promised, $said: doses on their way that somebody said, and when, are still expected. They are not late
-- as long as nothing left for the store or came there since: of what was sent later nobody said anything.
-- $counted_stores, $counted_lots, $counted, $way: doses that receivers of plans' shipments counted as missing, and those of such shipments still
-- on their way: what is missing beyond these, up to those, is short at once. Inputs: stock_by_lot, store, lot.
WITH vial AS (SELECT unnest($products::VARCHAR[]) AS product, unnest($most::INTEGER[]) AS most_doses),
said AS (
    SELECT unnest($stores::VARCHAR[]) AS store_code, unnest($lots::VARCHAR[]) AS lot_number, unnest($promised::BIGINT[]) AS doses,
           unnest($said::TIMESTAMPTZ[]) AS said_at),
counted AS (
    SELECT unnest($counted_stores::VARCHAR[]) AS store_code, unnest($counted_lots::VARCHAR[]) AS lot_number,
           unnest($counted::BIGINT[]) AS doses, unnest($way::BIGINT[]) AS way),
promise AS (
    SELECT store_code, lot_number, sum(doses)::BIGINT AS doses FROM said JOIN stock_by_lot b USING (store_code, lot_number)
    WHERE coalesce(greatest(b.last_sent_at, b.last_received_at) <= said_at, true) GROUP BY ALL),
rows AS (
    SELECT CASE WHEN s.level IN ('national', 'regional') THEN '' ELSE b.area_code END AS area_code, b.product, b.on_hand,
           b.in_transit - coalesce(p.doses, 0) AS missing,
           -b.on_hand - greatest(b.in_transit, 0) > coalesce(
               greatest(b.incoming - coalesce(b.shipped_out, 0), 0) // l.doses_per_vial
               * greatest(v.most_doses - l.doses_per_vial, 0), 0) AS below,
           coalesce(missing > 0 AND b.last_sent_at < $late, false) AS late,
           CASE WHEN NOT late THEN greatest(coalesce(least(c.doses, missing - c.way), 0), 0) ELSE 0 END AS lacking,
           coalesce(b.last_received_at >= b.last_sent_at, false) AS came
    FROM stock_by_lot b JOIN store s USING (store_code) LEFT JOIN lot l USING (lot_number)
         LEFT JOIN vial v ON v.product = b.product
         LEFT JOIN promise p ON p.store_code = b.store_code AND p.lot_number = b.lot_number
         LEFT JOIN counted c ON c.store_code = b.store_code AND c.lot_number = b.lot_number)
SELECT area_code, product, count(*) FILTER (WHERE below) AS negative,
       -coalesce(sum(on_hand) FILTER (WHERE below), 0)::BIGINT AS negative_doses,
       count(*) FILTER (WHERE late AND NOT came) AS unreceived,
       coalesce(sum(missing) FILTER (WHERE late AND NOT came), 0)::BIGINT AS unreceived_doses,
       count(*) FILTER (WHERE late AND came OR lacking > 0) AS short,
       coalesce(sum(if(late, missing, lacking)) FILTER (WHERE late AND came OR lacking > 0), 0)::BIGINT AS short_doses
FROM rows WHERE below OR late OR lacking > 0 GROUP BY ALL ORDER BY ALL
