-- One publication before it counts. incoming: its good rows, as declared.cell. set_aside: keys whose row was bad: the
-- publisher did not withdraw them; NULL where a part of the key could not be read. change: every key on either side, with what happened to it.

CREATE OR REPLACE TEMP TABLE incoming (
    feed VARCHAR, area_code VARCHAR, day DATE, product VARCHAR, value BIGINT, dose1_people BIGINT, full_people BIGINT,
    boosted_people BIGINT, pending_doses BIGINT);
CREATE OR REPLACE TEMP TABLE set_aside (feed VARCHAR, area_code VARCHAR, day DATE, product VARCHAR);
CREATE OR REPLACE TEMP TABLE change (
    feed VARCHAR, area_code VARCHAR, day DATE, product VARCHAR, before BIGINT, after BIGINT, kind VARCHAR);
