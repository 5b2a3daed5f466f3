-- Of PostgreSQL. Decisions about the device %(device)s: doses of their lots at that moment.
SELECT d.decision_id::text AS key, sum(l.doses)::text AS decided
FROM operations.excursion_decision d JOIN operations.excursion_decision_lot l USING (decision_id)
WHERE d.equipment_id = %(device)s GROUP BY d.decision_id
