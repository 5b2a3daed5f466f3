-- What publishers declared: tallies by area and day, as their newest publication says, and what became of each publication.
-- One profile at a time. Days are the publisher's calendar days.

CREATE SCHEMA IF NOT EXISTS declared;

-- Grain: one row, the profile that fills these tables.
CREATE TABLE IF NOT EXISTS declared.profile (name VARCHAR NOT NULL);

-- Grain: publication taken up (a dated folder). digest: of the bytes that were read. line: what was reported about it.
CREATE TABLE IF NOT EXISTS declared.publication (
    name VARCHAR NOT NULL, number BIGINT NOT NULL, folder_at TIMESTAMPTZ NOT NULL, digest VARCHAR NOT NULL,
    status VARCHAR NOT NULL, line VARCHAR NOT NULL);

-- Grain: feed of the profile.
CREATE TABLE IF NOT EXISTS declared.feed (
    name VARCHAR NOT NULL, kind VARCHAR NOT NULL, is_cumulative BOOLEAN NOT NULL, position INTEGER NOT NULL);

-- Grain: area of the pack.
CREATE TABLE IF NOT EXISTS declared.area (
    code VARCHAR NOT NULL, name_vi VARCHAR NOT NULL, name_en VARCHAR NOT NULL, region_vi VARCHAR NOT NULL,
    region_en VARCHAR NOT NULL, position INTEGER NOT NULL);

-- Grain: area x group. Unit: people. NULL: the source cannot be believed for this area.
CREATE TABLE IF NOT EXISTS declared.population (
    area_code VARCHAR NOT NULL, population_group VARCHAR NOT NULL, version VARCHAR NOT NULL, people BIGINT,
    source VARCHAR NOT NULL, valid_from DATE NOT NULL);

-- Grain: feed x area x day x product ('' where not told). `value` is the feed's figure (doses or people), daily or
-- cumulative as the publisher gives it; the others are NULL where the publisher does not tell them.
CREATE TABLE IF NOT EXISTS declared.cell (
    feed VARCHAR NOT NULL, area_code VARCHAR NOT NULL, day DATE NOT NULL, product VARCHAR NOT NULL, value BIGINT NOT NULL,
    dose1_people BIGINT, full_people BIGINT, boosted_people BIGINT, pending_doses BIGINT);

-- Grain: published figure revised or withdrawn by one publication.
CREATE TABLE IF NOT EXISTS declared.correction (
    publication VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_code VARCHAR NOT NULL, day DATE, product VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, before BIGINT, after BIGINT);

-- Grain: equality held against the publisher's own figures, as of the last publication that told both sides.
CREATE TABLE IF NOT EXISTS declared.comparison (
    name VARCHAR NOT NULL, holds BOOLEAN NOT NULL, left_side BIGINT NOT NULL, right_side BIGINT NOT NULL,
    detail VARCHAR NOT NULL);

-- Grain: as declared.cell, every feed turned into daily figures: what was added since the day before that area told.
CREATE OR REPLACE VIEW declared.daily AS
SELECT c.feed, f.kind, c.area_code, c.day, c.product,
       CASE WHEN f.is_cumulative THEN c.value - lag(c.value, 1, 0) OVER w ELSE c.value END AS value,
       CASE WHEN f.is_cumulative THEN c.dose1_people - lag(c.dose1_people, 1, 0) OVER w ELSE c.dose1_people END
           AS dose1_people,
       CASE WHEN f.is_cumulative THEN c.full_people - lag(c.full_people, 1, 0) OVER w ELSE c.full_people END
           AS full_people,
       CASE WHEN f.is_cumulative THEN c.boosted_people - lag(c.boosted_people, 1, 0) OVER w ELSE c.boosted_people END
           AS boosted_people,
       CASE WHEN f.is_cumulative THEN c.pending_doses - lag(c.pending_doses, 1, 0) OVER w ELSE c.pending_doses END
           AS pending_doses
FROM declared.cell c JOIN declared.feed f ON f.name = c.feed
WINDOW w AS (PARTITION BY c.feed, c.area_code, c.product ORDER BY c.day);
