-- Grain: area x day. Unit: people of every age who reached the state on that day. Inputs: declared.daily.
INSERT INTO mart.people_by_day
SELECT area_code, 'all', day, sum(dose1_people), sum(full_people), sum(boosted_people) FROM declared.daily
WHERE kind = 'doses' GROUP BY area_code, day
