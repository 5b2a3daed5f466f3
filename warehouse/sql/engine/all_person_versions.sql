-- Grain: person with a record since the last fold: its newest accepted version. Inputs: core.person_log.
SELECT person::BIGINT AS person, max(version) AS version FROM core.person_log GROUP BY person ORDER BY person
