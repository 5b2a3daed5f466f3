-- Silent sites: people planned, and the doses that the plan has for the minutes of silence.
SELECT site_code AS key, shown(planned) AS planned, tenth(planned / len(getvariable('hours')) * quiet / 60) AS missed
FROM site_today WHERE activity = 'silent'
