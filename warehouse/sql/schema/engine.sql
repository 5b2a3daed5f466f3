-- State of the engine. Numbers stand for codes (core.code) and people (core.key_log, segments). Days since 2020-01-01.

-- Grain: one row. sequence: refreshes applied. generation: folder of the segments of the last fold, '' before the first.
-- rules: fingerprint of the rules that the cubes were counted by.
CREATE TABLE IF NOT EXISTS core.engine (sequence BIGINT NOT NULL, generation VARCHAR NOT NULL, rules VARCHAR NOT NULL);
INSERT INTO core.engine SELECT 0, '', '' WHERE NOT EXISTS (FROM core.engine);

-- Grain: one row, the last nightly comparison of the cubes with a recount. Unit: cells.
CREATE TABLE IF NOT EXISTS core.night (done_at TIMESTAMPTZ NOT NULL, checked BIGINT NOT NULL, differing BIGINT NOT NULL);

-- Grain: code of a kind. A number once given never changes meaning.
CREATE TABLE IF NOT EXISTS core.code (kind VARCHAR NOT NULL, number INTEGER NOT NULL, code VARCHAR NOT NULL);

-- Grain: person first seen since the last fold. key and rest: the first 64 bits of the pseudonym and the 32 after them.
CREATE TABLE IF NOT EXISTS core.key_log (
    person UINTEGER NOT NULL, key UBIGINT NOT NULL, rest UINTEGER NOT NULL, sequence BIGINT NOT NULL);

-- Grain: accepted version of a person's record since the last fold.
CREATE TABLE IF NOT EXISTS core.person_log (
    person UINTEGER NOT NULL, version BIGINT NOT NULL, district USMALLINT NOT NULL, sex UTINYINT NOT NULL,
    born UTINYINT NOT NULL, groups USMALLINT NOT NULL, sequence BIGINT NOT NULL);

-- Grain: person x refresh that changed their doses: all their doses after it, packed.
CREATE TABLE IF NOT EXISTS core.slot_log (person UINTEGER NOT NULL, slots UINTEGER[] NOT NULL, sequence BIGINT NOT NULL);

-- Grain: accepted version of a dose record since the last fold. age 255: not known.
CREATE TABLE IF NOT EXISTS core.dose_log (
    dose_id BIGINT NOT NULL, version BIGINT NOT NULL, person UINTEGER NOT NULL, lot UINTEGER NOT NULL,
    site USMALLINT NOT NULL, injected_on USMALLINT NOT NULL, recorded_on USMALLINT NOT NULL, product UTINYINT NOT NULL,
    number UTINYINT NOT NULL, age UTINYINT NOT NULL, identity UTINYINT NOT NULL, hour UTINYINT NOT NULL,
    voided UTINYINT NOT NULL, sequence BIGINT NOT NULL);

-- Grain: accepted version of a registration since the last fold. state_on: day of entering its present state. reason: why
-- it is deferred, 0: not told, 15: in other words than those of data/reference/deferral_reasons.csv.
CREATE TABLE IF NOT EXISTS core.registration_log (
    registration_id BIGINT NOT NULL, version BIGINT NOT NULL, person UINTEGER NOT NULL, area USMALLINT NOT NULL,
    registered_on USMALLINT NOT NULL, state_on USMALLINT NOT NULL, state UTINYINT NOT NULL, reason UTINYINT NOT NULL,
    age UTINYINT NOT NULL, sequence BIGINT NOT NULL);

-- Grain: cube: rows when it was last summed up. token: another one whenever the cube is written anew, so that whoever has
-- copied its first rows knows whether they are its first rows still.
CREATE TABLE IF NOT EXISTS core.cube_size (
    cube VARCHAR NOT NULL, rows BIGINT NOT NULL, token UUID DEFAULT gen_random_uuid());
-- Warehouses of before have the table without it.
ALTER TABLE core.cube_size ADD COLUMN IF NOT EXISTS token UUID DEFAULT gen_random_uuid();
INSERT INTO core.cube_size BY NAME
SELECT cube, 0 AS rows FROM (VALUES ('dose'), ('dose_group'), ('district_day'), ('site_day')) AS copied (cube)
WHERE cube NOT IN (SELECT cube FROM core.cube_size);

-- Grain: one row. The last day whose activity by hour was let go, counted as days are in the cubes.
CREATE TABLE IF NOT EXISTS core.hours_gone (day INTEGER NOT NULL);

-- The cubes. What each counts, and its grain, is said in sql/cubes. n: signed count; the sum over a cell is the figure.
CREATE SCHEMA IF NOT EXISTS cube;
CREATE TABLE IF NOT EXISTS cube.people_state (
    district USMALLINT NOT NULL, sex UTINYINT NOT NULL, band UTINYINT NOT NULL, state UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.people_day (
    residence_area USMALLINT NOT NULL, band UTINYINT NOT NULL, step UTINYINT NOT NULL, day SMALLINT NOT NULL,
    n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.people_due (
    residence_area USMALLINT NOT NULL, product UTINYINT NOT NULL, day SMALLINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.people_group (
    residence_area USMALLINT NOT NULL, priority_group UTINYINT NOT NULL, state UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.group_member (
    residence_area USMALLINT NOT NULL, priority_group UTINYINT NOT NULL, state UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.dose (
    place UTINYINT NOT NULL, day SMALLINT NOT NULL, product UTINYINT NOT NULL, number UTINYINT NOT NULL,
    band UTINYINT NOT NULL, sex UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.flow (residence_area USMALLINT NOT NULL, place UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.dose_group (
    priority_group UTINYINT NOT NULL, residence_area USMALLINT NOT NULL, day SMALLINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.district_day (
    place UTINYINT NOT NULL, district USMALLINT NOT NULL, day SMALLINT NOT NULL, number UTINYINT NOT NULL, n BIGINT NOT NULL);
-- Days first: a snapshot takes the last ones, and the others are passed over unread.
CREATE TABLE IF NOT EXISTS cube.site_day (day SMALLINT NOT NULL, site USMALLINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.site_hour (
    site USMALLINT NOT NULL, day SMALLINT NOT NULL, hour UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.recorded (
    place UTINYINT NOT NULL, day SMALLINT NOT NULL, bucket UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.delay (
    place UTINYINT NOT NULL, day SMALLINT NOT NULL, lag UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.identity (place UTINYINT NOT NULL, identity UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.registration (
    area USMALLINT NOT NULL, state UTINYINT NOT NULL, band UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.registration_open (
    area USMALLINT NOT NULL, state UTINYINT NOT NULL, reason UTINYINT NOT NULL, day USMALLINT NOT NULL,
    n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.registration_wait (area USMALLINT NOT NULL, waited SMALLINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS cube.registration_course (
    day USMALLINT NOT NULL, waited SMALLINT NOT NULL, outcome UTINYINT NOT NULL, band UTINYINT NOT NULL,
    n BIGINT NOT NULL);
