-- Doses declared beside doses recorded, and the gap by the age of the declared day.
WITH whole AS (
    SELECT area_code, day, date_diff('day', day, (FROM today)) AS age,
           coalesce(sum(declared) FILTER (WHERE age_group = 'all'), sum(declared)) AS declared,
           coalesce(sum(recorded) FILTER (WHERE age_group = 'all'), sum(recorded)) AS recorded
    FROM declared_gap WHERE measure = 'doses' GROUP BY area_code, day)
SELECT name_vi AS key, shown(sum(declared)) AS "1", shown(sum(recorded)) AS "2", signed(sum(declared) - sum(recorded)) AS "3",
       signed(coalesce(sum(declared - recorded) FILTER (WHERE age <= 3), 0)) AS "4",
       signed(coalesce(sum(declared - recorded) FILTER (WHERE age BETWEEN 4 AND 7), 0)) AS "5",
       signed(coalesce(sum(declared - recorded) FILTER (WHERE age BETWEEN 8 AND 30), 0)) AS "6",
       signed(coalesce(sum(declared - recorded) FILTER (WHERE age > 30), 0)) AS "7"
FROM whole JOIN area ON code = area_code GROUP BY name_vi
