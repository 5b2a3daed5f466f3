-- Areas and products with more given than all decisions in force allocate.
WITH allowed AS (SELECT area_code, product, sum(allocated) AS allocated FROM round_ GROUP BY ALL),
most AS (SELECT unnest(['astrazeneca', 'comirnaty', 'spikevax', 'abdala', 'vero_cell']) AS product, unnest([12, 7, 10, 10, 1]) AS most),
kept AS (
    SELECT b.area_code, b.product, b.lot_number,
           sum(on_hand + administered + wasted + lost + if(level IN ('province', 'recipient'), 0, in_transit)) AS doses
    FROM stock_by_lot b JOIN store USING (store_code) WHERE level NOT IN ('national', 'regional') GROUP BY ALL),
extra AS (
    SELECT k.area_code, k.product, sum(greatest(doses, 0) // doses_per_vial * greatest(most - doses_per_vial, 0)) AS extra
    FROM kept k JOIN lot USING (lot_number) JOIN most ON most.product = k.product GROUP BY ALL),
own AS (
    SELECT k.*, (SELECT sum(administered) FROM stock_by_lot b WHERE b.area_code = k.area_code AND b.lot_number = k.lot_number
                 AND b.store_code IN (SELECT store_code FROM store WHERE level NOT IN ('national', 'regional'))) AS given,
           (SELECT sum(on_hand + lost + if(level IN ('province', 'recipient'), 0, in_transit)) FROM stock_by_lot b JOIN store USING (store_code)
            WHERE b.area_code = k.area_code AND b.lot_number = k.lot_number AND level NOT IN ('national', 'regional')) AS not_given,
           coalesce(greatest(doses, 0) // doses_per_vial * greatest(most - doses_per_vial, 0), 0) AS volume
    FROM kept k LEFT JOIN lot USING (lot_number) LEFT JOIN most ON most.product = k.product),
central AS (
    SELECT o.area_code, o.product, sum(least(o.given - o.doses - o.volume, c.not_given)) AS central
    FROM own o JOIN own c ON c.area_code = 'central' AND c.lot_number = o.lot_number AND c.product = o.product
    WHERE o.area_code <> 'central' AND o.given - o.doses - o.volume > 0 AND c.not_given > 0 GROUP BY ALL),
beyond AS (
    SELECT a.*, coalesce(c.central, 0) AS central, coalesce(w.allocated, 0) AS allocated, given - coalesce(w.allocated, 0) AS beyond, coalesce(e.extra, 0) AS extra,
           greatest(a.received - coalesce(w.allocated, 0), 0) AS unallocated
    FROM account a LEFT JOIN allowed w USING (area_code, product) LEFT JOIN extra e USING (area_code, product)
         LEFT JOIN central c USING (area_code, product))
SELECT area_code || ' ' || product AS key, shown(given) AS given, shown(allocated) AS allocated, shown(beyond) AS beyond, shown(extra) AS extra,
       shown(unallocated) AS unallocated, shown(central) AS central, shown(greatest(beyond - extra - unallocated - central, 0)) AS unexplained
FROM beyond WHERE beyond > 0
