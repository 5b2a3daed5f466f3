-- Adverse events of one lot, the doses given of it as the sample of a demonstration has them, and rates.
SELECT (SELECT product FROM lot WHERE lot_number = getvariable('lot')) AS key, shown(doses) AS given, shown(serious) AS serious, with_interval(serious, doses) AS serious_rate, shown(others) AS others,
       with_interval(others, doses) AS others_rate
FROM (
    SELECT (SELECT coalesce(sum(events), 0) FROM event_by_lot WHERE serious AND lot_number = getvariable('lot')) AS serious,
           (SELECT coalesce(sum(events), 0) FROM event_by_lot WHERE NOT serious AND lot_number = getvariable('lot')) AS others,
           (SELECT coalesce(sum(administered), 0) // (SELECT one_in FROM snapshot_info) FROM stock_by_lot
            WHERE lot_number = getvariable('lot')) AS doses)
