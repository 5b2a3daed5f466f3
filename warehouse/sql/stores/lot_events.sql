-- Grain: the lot $lot, where it is known. Unit: events recorded, and doses given by the ledger, since the beginning; of a
-- demonstration, whose events are those of a sample, doses as the sample has them. Inputs: event_by_lot, stock_by_lot, lot,
-- snapshot_info.
WITH told AS (
    SELECT coalesce(sum(events) FILTER (WHERE serious), 0) AS serious, coalesce(sum(events) FILTER (WHERE NOT serious), 0) AS others
    FROM event_by_lot WHERE lot_number = $lot),
given AS (SELECT coalesce(sum(administered), 0) AS doses FROM stock_by_lot WHERE lot_number = $lot)
SELECT l.product, t.serious::BIGINT AS serious, t.others::BIGINT AS others, (g.doses // i.one_in)::BIGINT AS doses
FROM lot l CROSS JOIN told t CROSS JOIN given g CROSS JOIN snapshot_info i WHERE l.lot_number = $lot
