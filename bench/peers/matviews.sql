-- The common set as materialised views. Unit: doses, or people with a dose. Inputs: peer.dose, peer.person, peer.site.
CREATE MATERIALIZED VIEW peer.view_doses AS
SELECT s.place, d.injected_on AS day, d.product, least(d.number, 4) AS number, count(*) AS n
FROM peer.dose d JOIN peer.site s USING (site) WHERE d.voided = 0 GROUP BY 1, 2, 3, 4;
CREATE MATERIALIZED VIEW peer.view_site_day AS
SELECT site, injected_on AS day, count(*) AS n FROM peer.dose WHERE voided = 0 GROUP BY 1, 2;
CREATE MATERIALIZED VIEW peer.view_recorded AS
SELECT s.place, d.recorded_on AS day,
       CASE WHEN recorded_on <= injected_on THEN 0 WHEN recorded_on - injected_on <= 3 THEN 1
            WHEN recorded_on - injected_on <= 7 THEN 2 WHEN recorded_on - injected_on <= 30 THEN 3 ELSE 4 END AS bucket,
       count(*) AS n
FROM peer.dose d JOIN peer.site s USING (site) WHERE d.voided = 0 GROUP BY 1, 2, 3;
CREATE MATERIALIZED VIEW peer.view_identity AS
SELECT s.place, d.identity, count(*) AS n
FROM peer.dose d JOIN peer.site s USING (site) WHERE d.voided = 0 GROUP BY 1, 2;
CREATE MATERIALIZED VIEW peer.view_people AS
SELECT p.area, count(*) AS n
FROM peer.person p WHERE EXISTS (SELECT FROM peer.dose d WHERE d.person = p.person AND d.voided = 0) GROUP BY 1;
