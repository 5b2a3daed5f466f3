-- Grain: person whose doses changed since the last fold, as they are now. Inputs: core.slot_log.
SELECT person, slots
FROM core.slot_log QUALIFY row_number() OVER (PARTITION BY person ORDER BY sequence DESC) = 1
ORDER BY person
