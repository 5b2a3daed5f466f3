-- Grain: residence district x age band x sex x state of the series. Unit: people; those without a dose have state 'none'.
-- Inputs: cube.people_state.
WITH cells AS (SELECT district, band, sex, state, sum(n) AS n FROM cube.people_state GROUP BY ALL)
SELECT d.area_code, d.district_code, b.age_band, s.sex, t.state, sum(c.n)::BIGINT AS people
FROM cells c
JOIN name_district d ON d.number = c.district JOIN name_band b ON b.number = c.band
JOIN name_sex s ON s.number = c.sex JOIN name_series_state t ON t.number = c.state
GROUP BY ALL HAVING sum(c.n) <> 0
ORDER BY ALL
