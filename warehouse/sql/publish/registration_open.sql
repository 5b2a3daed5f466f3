-- Grain: area of registration x state x reason of a deferral x day of registration. Unit: registrations that are neither
-- served nor cancelled. Inputs: cube.registration_open.
WITH cells AS (SELECT area, state, reason, day, sum(n) AS n FROM cube.registration_open GROUP BY ALL HAVING sum(n) <> 0)
SELECT a.area_code, t.state, c.reason::INTEGER AS reason, DATE '2020-01-01' + c.day::INTEGER AS registered_on,
       sum(c.n)::BIGINT AS registrations
FROM cells c JOIN name_area a ON a.number = c.area JOIN name_registration_state t ON t.number = c.state
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
