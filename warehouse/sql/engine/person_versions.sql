-- Grain: asked person with a record since the last fold: its newest accepted version. Inputs: core.person_log, asked.
SELECT person::BIGINT AS person, max(version) AS version
FROM core.person_log WHERE person IN (SELECT asked FROM asked) GROUP BY person
