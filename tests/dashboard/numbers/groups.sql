-- The priority groups of the place `place`: by precedence each person once, beside all members of a group.
WITH own AS (SELECT area_code FROM place WHERE key = getvariable('place')),
once AS (
    SELECT priority_group, sum(dose1_people) AS dose1, sum(full_people) AS fulls, sum(boosted_people) AS boosted
    FROM people_by_group SEMI JOIN own USING (area_code) GROUP BY priority_group),
given AS (SELECT priority_group, sum(doses) AS doses FROM doses_by_group_day SEMI JOIN own USING (area_code) GROUP BY priority_group),
member AS (
    SELECT priority_group, sum(dose1_people) AS dose1, sum(full_people) AS fulls
    FROM group_membership SEMI JOIN own USING (area_code) WHERE priority_group <> 0 GROUP BY priority_group)
SELECT printf('%d', g) AS key, shown(coalesce(o.dose1, 0)) AS dose1, shown(coalesce(o.fulls, 0)) AS "full",
       shown(coalesce(o.boosted, 0)) AS boosted, shown(coalesce(d.doses, 0)) AS doses,
       if(g = 0, '', shown(coalesce(m.dose1, 0))) AS member_dose1, if(g = 0, '', shown(coalesce(m.fulls, 0))) AS member_full
FROM range(17) r(g) LEFT JOIN once o ON o.priority_group = g LEFT JOIN given d ON d.priority_group = g
LEFT JOIN member m ON m.priority_group = g
UNION ALL
SELECT 'all', shown(sum(dose1)), shown(sum(fulls)), shown(sum(boosted)), (SELECT shown(sum(doses)) FROM given), '', '' FROM once
