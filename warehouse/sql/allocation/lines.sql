-- Grain: decision x store x product x lot. Unit: doses. Inputs: allocation_line, store.
SELECT l.decision_id, l.store_code AS store, s.level, l.area_code AS area, s.district_code AS district, s.site_code AS site,
       l.product, l.lot_number AS lot, l.planned, l.planned_on, l.sent, l.received, l.first_sent_on, l.first_received_on,
       l.last_received_on, l.stated_shipped_on, l.stated_received_on, l.stated_received, l.lots
FROM allocation_line l JOIN store s USING (store_code)
ORDER BY l.decision_id, l.area_code, l.store_code, l.product, l.lot_number
