-- Grain: area. Unit: people of every age, as the publisher counts them: by place of vaccination.
-- Inputs: declared.daily.
INSERT INTO mart.people_by_area
SELECT area_code, 'all', sum(dose1_people), sum(full_people), sum(boosted_people) FROM declared.daily
WHERE kind = 'doses' GROUP BY area_code
