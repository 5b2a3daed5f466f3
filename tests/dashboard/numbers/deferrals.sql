-- Registrations of the place `place` that are deferred now, by reason.
SELECT printf('%d', reason) AS key, shown(sum(registrations)) AS registrations
FROM registration_open JOIN place p USING (area_code) WHERE p.key = getvariable('place') AND state = 'deferred' GROUP BY reason
