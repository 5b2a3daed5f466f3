-- Unit: distinct people of all ages who have reached the state $measure (dose1: one valid dose or more; full: the complete
-- primary series). $area: code of the residence, '' for the nation, unknown residence included. Inputs: people_by_area.
SELECT sum(CASE $measure WHEN 'dose1' THEN dose1_people WHEN 'full' THEN full_people END)::BIGINT AS value
FROM people_by_area
WHERE population_group = 'all' AND $area IN ('', area_code)
