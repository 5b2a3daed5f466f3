-- Grain: area x product delivered, and one row without product that carries what is not told by product: doses given and
-- the balance. Unit: doses. on_hand is the publisher's own balance, delivered less administered: wastage is not told.
-- Inputs: declared.daily.
INSERT INTO mart.stock_by_area
WITH delivered AS (
    SELECT area_code, product, sum(value)::BIGINT AS doses FROM declared.daily WHERE kind = 'deliveries'
    GROUP BY area_code, product),
given AS (SELECT area_code, sum(value)::BIGINT AS doses FROM declared.daily WHERE kind = 'doses' GROUP BY area_code)
SELECT area_code, product, doses, NULL, NULL, NULL FROM delivered
UNION ALL
SELECT d.area_code, '', NULL, g.doses, NULL, sum(d.doses)::BIGINT - g.doses
FROM delivered d JOIN given g ON g.area_code = d.area_code GROUP BY d.area_code, g.doses
