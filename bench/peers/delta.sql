-- One transaction: changed records as signed rows into every table of the common set, and into the tables of records.
-- Inputs: peer.changed_dose, peer.changed_person.
CREATE TEMP TABLE signed ON COMMIT DROP AS
SELECT d.person, d.site, s.place, d.injected_on, d.recorded_on, d.product, least(d.number, 4) AS number, d.identity, sign
FROM (SELECT h.*, -1 AS sign FROM peer.changed_dose c JOIN peer.dose h USING (dose_id) WHERE h.voided = 0
      UNION ALL SELECT c.*, 1 FROM peer.changed_dose c WHERE c.voided = 0) d
JOIN peer.site s USING (site);

INSERT INTO peer.dose SELECT * FROM peer.changed_dose
ON CONFLICT (dose_id) DO UPDATE SET
    person = excluded.person, site = excluded.site, injected_on = excluded.injected_on, recorded_on = excluded.recorded_on,
    product = excluded.product, number = excluded.number, identity = excluded.identity, voided = excluded.voided;

INSERT INTO peer.delta_doses AS t SELECT place, injected_on, product, number, sum(sign) FROM signed GROUP BY 1, 2, 3, 4
ON CONFLICT (place, day, product, number) DO UPDATE SET n = t.n + excluded.n;

INSERT INTO peer.delta_site_day AS t SELECT site, injected_on, sum(sign) FROM signed GROUP BY 1, 2
ON CONFLICT (site, day) DO UPDATE SET n = t.n + excluded.n;

INSERT INTO peer.delta_recorded AS t
SELECT place, recorded_on,
       CASE WHEN recorded_on <= injected_on THEN 0 WHEN recorded_on - injected_on <= 3 THEN 1
            WHEN recorded_on - injected_on <= 7 THEN 2 WHEN recorded_on - injected_on <= 30 THEN 3 ELSE 4 END,
       sum(sign)
FROM signed GROUP BY 1, 2, 3
ON CONFLICT (place, day, bucket) DO UPDATE SET n = t.n + excluded.n;

INSERT INTO peer.delta_identity AS t SELECT place, identity, sum(sign) FROM signed GROUP BY 1, 2
ON CONFLICT (place, identity) DO UPDATE SET n = t.n + excluded.n;

-- Everybody concerned, as they were and as they will be.
CREATE TEMP TABLE concerned ON COMMIT DROP AS
SELECT person, p.area AS old_area, coalesce(p.doses, 0) AS old_doses, coalesce(c.area, p.area) AS new_area,
       coalesce(p.doses, 0) + coalesce(d.n, 0) AS new_doses
FROM (SELECT person, sum(sign)::integer AS n FROM signed GROUP BY 1) d
FULL JOIN peer.changed_person c USING (person) LEFT JOIN peer.person p USING (person);

INSERT INTO peer.delta_people AS t
SELECT area, sum(sign)
FROM (SELECT old_area AS area, -1 AS sign FROM concerned WHERE old_doses > 0
      UNION ALL SELECT new_area, 1 FROM concerned WHERE new_doses > 0) moved
WHERE area IS NOT NULL GROUP BY 1
ON CONFLICT (area) DO UPDATE SET n = t.n + excluded.n;

INSERT INTO peer.person SELECT person, new_area, new_doses FROM concerned
ON CONFLICT (person) DO UPDATE SET area = excluded.area, doses = excluded.doses;
