-- Grain: day of registration x whole days until it ended x outcome x age band. Unit: registrations, of the nation.
-- Inputs: cube.registration_course.
SELECT DATE '2020-01-01' + c.day::INTEGER AS registered_on, c.waited::INTEGER AS waited_days,
       ['waiting', 'served', 'left'][c.outcome + 1] AS outcome, b.age_band, sum(c.n)::BIGINT AS registrations
FROM cube.registration_course c JOIN name_band b ON b.number = c.band
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
