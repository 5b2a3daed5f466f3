-- Grain: person with a record since the last fold, in its newest version. Inputs: core.person_log.
SELECT person, district, sex, born, groups
FROM core.person_log QUALIFY row_number() OVER (PARTITION BY person ORDER BY sequence DESC) = 1
ORDER BY person
