-- Grain: area of registration x state x age band. Unit: registrations. Inputs: cube.registration.
SELECT a.area_code, t.state, b.age_band, sum(c.n)::BIGINT AS registrations
FROM cube.registration c JOIN name_area a ON a.number = c.area
JOIN name_registration_state t ON t.number = c.state JOIN name_band b ON b.number = c.band
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
