-- Grain: the lot $lot, where it is known. Unit: events recorded, and doses given by the ledger, since the beginning; of a
-- demonstration, whose events are those of a sample, doses as the sample has them. Inputs: event_by_lot, stock_by_lot, lot,
-- snapshot_info.
SELECT l.product, (SELECT coalesce(sum(events) FILTER (WHERE serious), 0) FROM event_by_lot WHERE lot_number = $lot)::BIGINT AS serious,
       (SELECT coalesce(sum(events) FILTER (WHERE NOT serious), 0) FROM event_by_lot WHERE lot_number = $lot)::BIGINT AS others,
       (SELECT coalesce(sum(administered), 0) // any_value(i.one_in) FROM stock_by_lot b WHERE b.lot_number = $lot)::BIGINT AS doses
FROM lot l CROSS JOIN snapshot_info i WHERE l.lot_number = $lot
