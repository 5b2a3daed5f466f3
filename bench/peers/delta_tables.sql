-- The common set as tables that deltas are added to, filled from the views once.
CREATE UNLOGGED TABLE peer.delta_doses AS SELECT * FROM peer.view_doses;
CREATE UNIQUE INDEX ON peer.delta_doses (place, day, product, number);
CREATE UNLOGGED TABLE peer.delta_site_day AS SELECT * FROM peer.view_site_day;
CREATE UNIQUE INDEX ON peer.delta_site_day (site, day);
CREATE UNLOGGED TABLE peer.delta_recorded AS SELECT * FROM peer.view_recorded;
CREATE UNIQUE INDEX ON peer.delta_recorded (place, day, bucket);
CREATE UNLOGGED TABLE peer.delta_identity AS SELECT * FROM peer.view_identity;
CREATE UNIQUE INDEX ON peer.delta_identity (place, identity);
CREATE UNLOGGED TABLE peer.delta_people AS SELECT * FROM peer.view_people;
CREATE UNIQUE INDEX ON peer.delta_people (area);
