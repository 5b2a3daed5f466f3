-- Silent sites: people planned, and the doses that the plan has for the hours that give doses among those of silence.
SELECT site_code AS key, shown(planned) AS planned, tenth(planned / len(getvariable('hours')) * worked / 60) AS missed
FROM site_today WHERE activity = 'silent'
