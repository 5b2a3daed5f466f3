-- Grain: store. Inputs: core.store.
SELECT code AS store_code, level, coalesce(province_code, 'central') AS area_code, district_code, site_code, recipient_code,
       parent_code, capacity_litres
FROM core.store
