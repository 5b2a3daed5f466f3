-- Grain: residence district x sex x age band x state of the series. Unit: people. Inputs: signed (person).
SELECT district, sex, band, state, sum(sign)::BIGINT AS n FROM signed GROUP BY ALL HAVING sum(sign) <> 0
