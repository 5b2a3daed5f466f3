-- Grain: statement of a province about its figures of one day. Now: the same figures up to and with that day, doses by place
-- and people by residence, as the records say today; NULL people where the source tells none.
-- Inputs: stated (bound rows), outgoing.doses_by_day, outgoing.people_by_day.
SELECT s.*, coalesce(d.doses, 0)::BIGINT AS doses_now,
       CASE WHEN s.dose1_people IS NOT NULL THEN coalesce(p.dose1_people, 0) END::BIGINT AS dose1_people_now,
       CASE WHEN s.full_people IS NOT NULL THEN coalesce(p.full_people, 0) END::BIGINT AS full_people_now
FROM stated s
LEFT JOIN (
    SELECT s.statement_id, sum(d.doses) AS doses
    FROM stated s JOIN outgoing.doses_by_day d ON d.area_code = s.area_code AND d.day <= s.reporting_day
    GROUP BY s.statement_id) d USING (statement_id)
LEFT JOIN (
    SELECT s.statement_id, sum(p.dose1_people) AS dose1_people, sum(p.full_people) AS full_people
    FROM stated s JOIN outgoing.people_by_day p
        ON p.area_code = s.area_code AND p.day <= s.reporting_day AND p.population_group = 'all'
    GROUP BY s.statement_id) p USING (statement_id)
