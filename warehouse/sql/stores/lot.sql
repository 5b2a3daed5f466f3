-- Grain: the lot $lot, with the sums of its ledger over all stores. Unit: doses. Inputs: lot, stock_by_lot.
SELECT l.lot_number AS number, l.product, l.source, l.earmark, l.doses_received, l.doses_per_vial, l.manufactured_on,
       coalesce(sum(b.on_hand), 0)::BIGINT AS in_stores, coalesce(sum(b.in_transit), 0)::BIGINT AS in_transit,
       coalesce(sum(b.administered), 0)::BIGINT AS administered, coalesce(sum(b.wasted), 0)::BIGINT AS wasted,
       coalesce(sum(b.lost), 0)::BIGINT AS lost
FROM lot l LEFT JOIN stock_by_lot b USING (lot_number) WHERE l.lot_number = $lot
GROUP BY ALL
