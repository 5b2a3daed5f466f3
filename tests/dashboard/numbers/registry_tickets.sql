-- Of PostgreSQL. Open correction tickets by province of the vaccinating site, else of residence, '' of neither; '*' is all of them.
-- Overdue: older than the limit of its kind at %(now)s. The age of the oldest in hours up to two days, then in days.
WITH open AS (
    SELECT coalesce(s.province_code, t.province_code, '') AS area, coalesce(o.state, 'new') AS state,
           extract(epoch FROM %(now)s::timestamptz - t.filed_at) / 3600 AS hours,
           CASE t.kind WHEN 'missing' THEN %(missing)s ELSE %(wrong)s END AS most
    FROM registry.correction_ticket t LEFT JOIN registry.site s ON s.code = t.site_code LEFT JOIN operations.ticket o USING (ticket_id)
    WHERE t.closed_at IS NULL AND o.state IS DISTINCT FROM 'closed')
SELECT coalesce(area, '*') AS key, count(*)::text AS open, (count(*) FILTER (WHERE hours > most))::text AS overdue,
       (count(*) FILTER (WHERE state = 'new'))::text AS fresh,
       (CASE WHEN max(hours) < 48 THEN floor(max(hours)) ELSE floor(max(hours) / 24) END)::text AS oldest
FROM open GROUP BY ROLLUP (area)
