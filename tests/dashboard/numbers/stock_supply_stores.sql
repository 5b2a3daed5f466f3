-- Stores of the province whose consumables cannot give all its usable doses.
SELECT store_code AS key, shown(given + stranded) AS usable, shown(given) AS givable, shown(stranded) AS stranded, scarcest AS limit_name
FROM pool_told JOIN placed ON pool = 'store ' || store_code WHERE stranded > 0 AND getvariable('area') = CASE place WHEN 'national' THEN 'central' ELSE place END
