-- Room of one store by class.
SELECT kind AS key, tenth(usable) AS usable, tenth(filled) AS filled, tenth(coming) AS room_coming, degrees(remains - coming) AS after,
       shown(not_told) AS not_told, shown(unmeasured) AS unmeasured
FROM room WHERE store_code = getvariable('store')
