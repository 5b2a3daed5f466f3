-- Unit: distinct people of age $age at their first dose ('50plus' or '65plus') who have reached the state $measure (dose1: one
-- valid dose or more; full: the complete primary series). $area: code of the residence, '' for the nation, unknown
-- residence included. NULL where the source tells no ages. Inputs: people_state.
SELECT sum(people) FILTER (
           WHERE (age_band = '65plus' OR ($age = '50plus' AND age_band = '50_64'))
             AND (state IN ('full', 'boosted') OR ($measure = 'dose1' AND state = 'partial')))::BIGINT AS value
FROM people_state
WHERE $area IN ('', area_code)
