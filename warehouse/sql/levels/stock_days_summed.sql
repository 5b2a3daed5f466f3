-- A new day: days before core.stock_clock.since go, and the signed rows of a store x lot x day become one.
CREATE OR REPLACE TEMP TABLE summed_day AS
SELECT store_code, lot_number, day, sum(net)::BIGINT AS net, sum(came)::BIGINT AS came, sum(used)::BIGINT AS used,
       sum(closed)::BIGINT AS closed, sum(unsaid)::BIGINT AS unsaid
FROM core.stock_day WHERE day >= (SELECT since FROM core.stock_clock) GROUP BY ALL;
DELETE FROM core.stock_day;
INSERT INTO core.stock_day BY NAME FROM temp.summed_day;
DROP TABLE temp.summed_day
