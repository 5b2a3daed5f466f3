-- After loading: keys, by which changed rows find the ones held, and what the delta keeps for each person.
CREATE UNIQUE INDEX ON peer.dose (dose_id);
CREATE UNIQUE INDEX ON peer.person (person);
CREATE UNIQUE INDEX ON peer.site (site);
UPDATE peer.person p SET doses = d.n
FROM (SELECT person, count(*) AS n FROM peer.dose WHERE voided = 0 GROUP BY person) d WHERE d.person = p.person;
ANALYZE peer.dose, peer.person, peer.site;
