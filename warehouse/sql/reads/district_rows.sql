-- Grain: district of one province ($area), '' where it is not known. Units: distinct people by residence, newest figures;
-- doses by place of vaccination, injected on $day or before, and in the seven days that end with it.
-- Inputs: people_state, doses_by_district_day.
WITH people AS (
    SELECT district_code, sum(people) AS all_dose1,
           sum(people) FILTER (WHERE state <> 'partial') AS all_full,
           sum(people) FILTER (WHERE age_band IN ('18_49', '50_64', '65plus')) AS adults_dose1,
           sum(people) FILTER (WHERE age_band IN ('18_49', '50_64', '65plus') AND state <> 'partial') AS adults_full,
           sum(people) FILTER (WHERE age_band = '65plus') AS seniors_dose1,
           sum(people) FILTER (WHERE age_band = '65plus' AND state <> 'partial') AS seniors_full
    FROM people_state WHERE area_code = $area AND state <> 'none' GROUP BY district_code),
given AS (
    SELECT district_code, sum(doses) AS doses, sum(doses) FILTER (WHERE day > $day::DATE - 7) AS doses_last_7_days
    FROM doses_by_district_day WHERE area_code = $area AND day <= $day GROUP BY district_code)
SELECT coalesce(p.district_code, g.district_code) AS code,
       coalesce(p.all_dose1, 0)::BIGINT AS all_dose1, coalesce(p.all_full, 0)::BIGINT AS all_full,
       coalesce(p.adults_dose1, 0)::BIGINT AS adults_dose1, coalesce(p.adults_full, 0)::BIGINT AS adults_full,
       coalesce(p.seniors_dose1, 0)::BIGINT AS seniors_dose1, coalesce(p.seniors_full, 0)::BIGINT AS seniors_full,
       coalesce(g.doses, 0)::BIGINT AS doses, coalesce(g.doses_last_7_days, 0)::BIGINT AS doses_last_7_days
FROM people p FULL JOIN given g ON g.district_code = p.district_code
ORDER BY code
