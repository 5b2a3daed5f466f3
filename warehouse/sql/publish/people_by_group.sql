-- Grain: residence area x priority group by precedence (0: none). Unit: people, each once.. Inputs: cube.people_group.
SELECT a.area_code, c.priority_group, coalesce(sum(c.n) FILTER (WHERE c.state > 0), 0)::BIGINT AS dose1_people,
       coalesce(sum(c.n) FILTER (WHERE c.state >= 2), 0)::BIGINT AS full_people,
       coalesce(sum(c.n) FILTER (WHERE c.state = 3), 0)::BIGINT AS boosted_people
FROM cube.people_group c JOIN name_area a ON a.number = c.residence_area
GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL
