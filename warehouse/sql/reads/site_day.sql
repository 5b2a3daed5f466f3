-- Grain: site with a session or a dose on the snapshot's day ($day). planned: people of its sessions that were not called off,
-- NULL without one. session: open where one of them is, else planned where one of them is, else closed. Unit: doses by day
-- and hour of injection; doses_whole: of the hours before $hour. Inputs: site_seen, site_session, doses_by_site_hour.
WITH plan AS (
    SELECT site_code, sum(planned_people)::BIGINT AS planned, sum(tables)::BIGINT AS tables,
           CASE WHEN bool_or(state = 'open') THEN 'open' WHEN bool_or(state = 'planned') THEN 'planned' ELSE 'closed' END
               AS session
    FROM site_session WHERE state <> 'cancelled' GROUP BY site_code),
given AS (
    SELECT site_code, sum(doses)::BIGINT AS doses, coalesce(sum(doses) FILTER (WHERE hour < $hour), 0)::BIGINT AS doses_whole
    FROM doses_by_site_hour WHERE day = $day GROUP BY site_code)
SELECT s.site_code AS code, s.area_code, s.district_code, p.planned, coalesce(p.tables, 0) AS tables,
       coalesce(p.session, '') AS session, coalesce(g.doses, 0) AS doses, coalesce(g.doses_whole, 0) AS doses_whole,
       s.last_recorded_at AS last_record
FROM site_seen s LEFT JOIN plan p USING (site_code) LEFT JOIN given g USING (site_code)
ORDER BY s.site_code
