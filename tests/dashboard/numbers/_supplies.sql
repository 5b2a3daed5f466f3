-- Consumables against doses as a storekeeper would work it out by hand, from the reference tables themselves. Variables: area, store,
-- reference. An auto-disable syringe of 0.3 ml goes to Comirnaty alone, one of 0.5 ml to all others.
CREATE TEMP TABLE supply_item AS
SELECT code, kind, name_vi, holds::INTEGER AS holds FROM read_csv(getvariable('reference') || '/supply_items.csv', header = true, all_varchar = true);
CREATE TEMP TABLE supply_need AS
SELECT product, item, per, count::INTEGER * waste_factor::DECIMAL(6, 3) AS pieces
FROM read_csv(getvariable('reference') || '/product_supplies.csv', header = true, all_varchar = true);
CREATE TEMP TABLE supply_monitor AS
SELECT product, carries, coalesce(vvm_type, '') AS vvm_type FROM read_csv(getvariable('reference') || '/vial_monitors.csv', header = true, all_varchar = true);
CREATE TEMP TABLE supply_vial AS
SELECT code AS product, any_value(doses_per_vial)::INTEGER AS per_vial
FROM read_csv(getvariable('reference') || '/products.csv', header = true, all_varchar = true) GROUP BY ALL;
-- Grain: pool: a place of the page, or a store.
CREATE TEMP VIEW supply_pool AS
SELECT place AS pool, store_code FROM placed UNION ALL SELECT 'store ' || store_code, store_code FROM placed;
CREATE TEMP VIEW pool_doses AS
SELECT pool, product, sum(fit)::BIGINT AS doses
FROM heap JOIN supply_pool USING (store_code) WHERE standing = 'usable' AND fit > 0 GROUP BY ALL;
CREATE TEMP VIEW pool_held AS
SELECT pool, item, sum(greatest(on_hand, 0))::BIGINT AS pieces FROM supply_by_store JOIN supply_pool USING (store_code) GROUP BY ALL;
-- Grain: pool that keeps books x item, whether it has any of it or not.
CREATE TEMP VIEW pool_item AS
WITH taken AS (
    SELECT d.pool, n.item, d.doses, n.pieces * CASE WHEN per = 'vial' THEN ceil(d.doses / v.per_vial)::BIGINT ELSE d.doses END AS pieces
    FROM pool_doses d JOIN supply_need n USING (product) JOIN supply_vial v USING (product)),
summed AS (SELECT pool, item, ceil(sum(pieces))::BIGINT AS needed, sum(doses)::BIGINT AS doses FROM taken GROUP BY ALL),
boxed AS (
    SELECT pool, 'safety_box_5' AS item, ceil(sum(needed) / 100)::BIGINT AS needed,
           (SELECT sum(doses)::BIGINT FROM pool_doses d WHERE d.pool = s.pool) AS doses
    FROM summed s JOIN supply_item i ON i.code = s.item WHERE i.kind IN ('dose_syringe', 'vial_syringe') GROUP BY s.pool),
every AS (SELECT DISTINCT b.pool, i.code AS item FROM pool_held b CROSS JOIN supply_item i)
SELECT e.pool, e.item, coalesce(h.pieces, 0) AS held, coalesce(n.needed, 0) AS needed, coalesce(n.doses, 0) AS doses
FROM every e LEFT JOIN pool_held h USING (pool, item) LEFT JOIN (FROM summed UNION ALL FROM boxed) n USING (pool, item);
-- Grain: pool that keeps books: doses that can be given. 1.1 syringes a dose, and of Comirnaty a sixth of one more for its vial.
CREATE TEMP VIEW pool_given AS
WITH wide AS (
    SELECT pool, max(held) FILTER (WHERE item = 'ad_syringe_03') AS ad3, max(held) FILTER (WHERE item = 'ad_syringe_05') AS ad5,
           max(held) FILTER (WHERE item = 'dilution_syringe_2') AS dilution, max(held) FILTER (WHERE item = 'diluent_nacl') AS diluent,
           max(held) FILTER (WHERE item = 'safety_box_5') * 100 AS room
    FROM pool_item GROUP BY pool),
usable AS (
    SELECT w.*, coalesce((SELECT sum(doses) FROM pool_doses d WHERE d.pool = w.pool AND product = 'comirnaty'), 0)::BIGINT AS own,
           coalesce((SELECT sum(doses) FROM pool_doses d WHERE d.pool = w.pool AND product <> 'comirnaty'), 0)::BIGINT AS others
    FROM wide w),
first AS (SELECT *, least(others, ad5 * 10 // 11, room * 10 // 11) AS plain FROM usable)
SELECT pool, own + others AS doses, plain + least(own, ad3 * 10 // 11, dilution * 6, diluent * 6, (30 * room - 33 * plain) // 38) AS given FROM first;
CREATE TEMP VIEW pool_told AS
WITH short AS (
    SELECT p.pool, count(*) AS items, arg_min(i.name_vi, (p.held / p.needed, p.item)) AS scarcest
    FROM pool_item p JOIN supply_item i ON i.code = p.item WHERE p.held < p.needed GROUP BY p.pool)
SELECT g.pool, g.given, g.doses - g.given AS stranded, coalesce(s.items, 0) AS items,
       coalesce(array_to_string(regexp_extract_all(s.scarcest, '[0-9]+(,[0-9]+)?%?'), ' '), '') AS scarcest
FROM pool_given g LEFT JOIN short s USING (pool);
