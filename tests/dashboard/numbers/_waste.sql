-- Wastage as a planner would work it out by hand. Grain: store x lot. beyond: given and not in the books, where the vials that came
-- and stayed may have yielded as much. Variables: most_products, most_doses (by product).
CREATE TEMP MACRO share_down(a, b) AS CASE WHEN coalesce(b, 0) <= 0 THEN '' ELSE down(100.0 * a / b) || '%' END;
CREATE TEMP VIEW used_up AS
WITH level AS (
    SELECT b.*, CASE WHEN s.level IN ('national', 'regional') THEN 'national' ELSE s.area_code END AS place,
           greatest(0 - (on_hand + greatest(in_transit, 0)), 0) AS under,
           map(getvariable('most_products'), getvariable('most_doses'))[b.product] - l.doses_per_vial AS more,
           (incoming - shipped_out) // l.doses_per_vial AS vials
    FROM stock_by_lot b JOIN store s USING (store_code) JOIN lot l USING (lot_number)),
drawn AS (SELECT *, if(under <= vials * more, under, 0) AS beyond FROM level)
SELECT store_code, area_code, place, product, administered AS given, wasted_open - beyond AS open, greatest(beyond - wasted_open, 0) AS gained,
       wasted_closed AS closed
FROM drawn;
CREATE TEMP MACRO wasted_up(given, open, gained, closed) AS struct_pack(
    given := shown(given), open := shown(open), gained := shown(gained), open_share := share_down(open, given + open), closed := shown(closed),
    closed_share := share_down(closed, given + open + closed), total_share := share_down(open + closed, given + open + closed))
