-- Plain tables of a history. Grain: dose record; person; site. Days since 2020-01-01, numbers as the engine gives them.
CREATE SCHEMA peer;
CREATE UNLOGGED TABLE peer.site (site integer NOT NULL, place smallint NOT NULL);
CREATE UNLOGGED TABLE peer.person (person integer NOT NULL, area smallint NOT NULL, doses integer NOT NULL DEFAULT 0);
CREATE UNLOGGED TABLE peer.dose (
    dose_id bigint NOT NULL, person integer NOT NULL, site integer NOT NULL, injected_on smallint NOT NULL,
    recorded_on smallint NOT NULL, product smallint NOT NULL, number smallint NOT NULL, identity smallint NOT NULL,
    voided smallint NOT NULL);
CREATE UNLOGGED TABLE peer.changed_dose (LIKE peer.dose);
CREATE UNLOGGED TABLE peer.changed_person (person integer NOT NULL, area smallint NOT NULL);
