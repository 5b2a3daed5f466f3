-- Grain: residence area x priority group (0: none). Unit: people, each in the group that takes precedence (first_*) or in
-- every group of theirs (member_*, not to be added up); doses given to the former.
-- Inputs: people_by_group, group_membership, dose_group_cell, name_area.
WITH given AS (
    SELECT a.area_code, c.priority_group::INTEGER AS priority_group, sum(c.n)::BIGINT AS doses
    FROM dose_group_cell c JOIN name_area a ON a.number = c.residence_area GROUP BY ALL),
cells AS (
    SELECT area_code, priority_group FROM people_by_group UNION SELECT area_code, priority_group FROM group_membership
    UNION SELECT area_code, priority_group FROM given)
SELECT area_code, priority_group, coalesce(f.dose1_people, 0) AS first_dose1, coalesce(f.full_people, 0) AS first_full,
       coalesce(f.boosted_people, 0) AS first_boosted, coalesce(m.dose1_people, 0) AS member_dose1,
       coalesce(m.full_people, 0) AS member_full, coalesce(m.boosted_people, 0) AS member_boosted,
       coalesce(g.doses, 0) AS doses
FROM cells LEFT JOIN people_by_group f USING (area_code, priority_group)
LEFT JOIN group_membership m USING (area_code, priority_group) LEFT JOIN given g USING (area_code, priority_group)
