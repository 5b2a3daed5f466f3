-- Grain: device. Inputs: core.equipment, core.store, core.storage_class.
SELECT e.equipment_id, e.store_code, s.level AS store_level, coalesce(s.province_code, 'central') AS area_code, s.district_code,
       s.site_code,       e.kind, e.litres, coalesce(e.low_limit_c, c.low_c) AS low_c, coalesce(e.high_limit_c, c.high_c) AS high_c
FROM core.equipment e JOIN core.store s ON s.code = e.store_code LEFT JOIN core.storage_class c USING (storage_class)
