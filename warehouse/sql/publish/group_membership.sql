-- Grain: residence area x priority group. Unit: people; not additive over groups.. Inputs: cube.group_member.
SELECT a.area_code, c.priority_group, coalesce(sum(c.n) FILTER (WHERE c.state > 0), 0)::BIGINT AS dose1_people,
       coalesce(sum(c.n) FILTER (WHERE c.state >= 2), 0)::BIGINT AS full_people,
       coalesce(sum(c.n) FILTER (WHERE c.state = 3), 0)::BIGINT AS boosted_people
FROM cube.group_member c JOIN name_area a ON a.number = c.residence_area
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
