-- Grain: place of vaccination x day of recording x days from injection to recording, in buckets (0, 1-3, 4-7, 8-30, more).
-- Unit: doses. Inputs: signed (dose).
SELECT place, recorded_on AS day,
       CASE WHEN lag = 0 THEN 0 WHEN lag <= 3 THEN 1 WHEN lag <= 7 THEN 2 WHEN lag <= 30 THEN 3 ELSE 4 END AS bucket,
       sum(sign)::BIGINT AS n
FROM signed GROUP BY ALL HAVING sum(sign) <> 0
