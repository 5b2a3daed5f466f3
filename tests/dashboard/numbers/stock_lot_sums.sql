-- Where the doses of a lot are: what was received, and the five places of the ledger.
SELECT 'number' AS kind, 'stock_sum_' || name AS key, shown(value) AS shown
FROM (SELECT (SELECT doses_received FROM lot WHERE lot_number = getvariable('lot')) AS received, sum(on_hand)::BIGINT AS in_stores,
             sum(in_transit)::BIGINT AS in_transit, sum(administered)::BIGINT AS administered, sum(wasted)::BIGINT AS wasted, sum(lost)::BIGINT AS lost
      FROM stock_by_lot WHERE lot_number = getvariable('lot'))
UNPIVOT (value FOR name IN (received, in_stores, in_transit, administered, wasted, lost))
