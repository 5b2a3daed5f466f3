-- Grain: device. Inputs: device, equipment_state.
SELECT d.equipment_id, d.store_code, d.store_level, d.area_code, d.district_code, d.site_code, d.kind, e.storage_class, e.reporting_mode,
       d.low_c, d.high_c, e.last_read_at, e.temp_c
FROM device d JOIN equipment_state e USING (equipment_id) ORDER BY d.equipment_id
