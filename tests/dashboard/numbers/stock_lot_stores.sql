-- The lot in each store.
SELECT store_code AS key, on_day(until) || rests AS until, shown(on_hand) AS on_hand, shown(in_transit) AS in_transit, shown(incoming) AS incoming,
       shown(administered) AS administered, shown(wasted) AS wasted
FROM heap WHERE lot_number = getvariable('lot')
