-- What a published snapshot holds: aggregates only, no person and no key of a person. Schema `mart` of the warehouse,
-- copied table by table into the snapshot file. People and doses are whole numbers; days are local calendar days.

CREATE SCHEMA IF NOT EXISTS mart;

-- Grain: one row, this snapshot.
CREATE TABLE IF NOT EXISTS mart.snapshot_info (
    version BIGINT NOT NULL, content_hash VARCHAR NOT NULL, as_of TIMESTAMPTZ NOT NULL, published_at TIMESTAMPTZ NOT NULL,
    kind VARCHAR NOT NULL, title_vi VARCHAR NOT NULL, title_en VARCHAR NOT NULL, one_in INTEGER NOT NULL,
    is_demo BOOLEAN NOT NULL, denominator VARCHAR NOT NULL, first_day DATE, last_day DATE,
    has_boundaries BOOLEAN NOT NULL, note_vi VARCHAR NOT NULL, note_en VARCHAR NOT NULL);

-- Grain: area, besides 'central' and 'unknown' where the source has them.
CREATE TABLE IF NOT EXISTS mart.area (
    code VARCHAR NOT NULL, name_vi VARCHAR NOT NULL, name_en VARCHAR NOT NULL, region_vi VARCHAR NOT NULL,
    region_en VARCHAR NOT NULL, position INTEGER NOT NULL);

-- Grain: area x group x version of the denominator. Unit: people (divided by the sampling of a demonstration).
-- people is NULL where the version has no figure: no ratio then, never zero.
CREATE TABLE IF NOT EXISTS mart.population (
    area_code VARCHAR NOT NULL, population_group VARCHAR NOT NULL, version VARCHAR NOT NULL, people BIGINT,
    source VARCHAR NOT NULL, valid_from DATE NOT NULL);

-- Grain: target x day from which a version of it holds; the newest that has begun is in force. more_than: the share
-- itself is not enough yet.
CREATE TABLE IF NOT EXISTS mart.target (
    target_id VARCHAR NOT NULL, population_group VARCHAR NOT NULL, ratio DOUBLE NOT NULL, due_on DATE NOT NULL,
    valid_from DATE NOT NULL, more_than BOOLEAN DEFAULT false);
-- Warehouses of before have the table without it.
ALTER TABLE mart.target ADD COLUMN IF NOT EXISTS more_than BOOLEAN DEFAULT false;

-- Grain: residence area (or 'unknown') x group. Unit: distinct people. NULL: the source does not tell.
CREATE TABLE IF NOT EXISTS mart.people_by_area (
    area_code VARCHAR NOT NULL, population_group VARCHAR NOT NULL, dose1_people BIGINT, full_people BIGINT,
    boosted_people BIGINT);

-- Grain: residence area x group x day on which people reached the state. Unit: distinct people. Groups overlap: '65plus' are
-- in '18plus', and these in 'all'. Snapshots of before have no '65plus'.
CREATE TABLE IF NOT EXISTS mart.people_by_day (
    area_code VARCHAR NOT NULL, population_group VARCHAR NOT NULL, day DATE NOT NULL, dose1_people BIGINT,
    full_people BIGINT, boosted_people BIGINT);

-- Grain: area of vaccination (or 'central', 'unknown') x day of injection x product ('' where not told). Unit: doses.
CREATE TABLE IF NOT EXISTS mart.doses_by_day (
    area_code VARCHAR NOT NULL, day DATE NOT NULL, product VARCHAR NOT NULL, doses BIGINT NOT NULL);

-- Grain: area of vaccination x day of recording x days between injection and recording, in buckets. Unit: doses.
CREATE TABLE IF NOT EXISTS mart.doses_by_recorded_day (
    area_code VARCHAR NOT NULL, day DATE NOT NULL, lag_bucket VARCHAR NOT NULL, doses BIGINT NOT NULL);

-- Grain: area x product. Unit: doses, full size. Levels may be negative: a data alert, not an error.
CREATE TABLE IF NOT EXISTS mart.stock_by_area (
    area_code VARCHAR NOT NULL, product VARCHAR NOT NULL, delivered BIGINT, administered BIGINT, wasted BIGINT,
    on_hand BIGINT);

-- Grain: area x state of the registration ('registered' only, where the source has one figure). Unit: people.
CREATE TABLE IF NOT EXISTS mart.registration_by_area (
    area_code VARCHAR NOT NULL, state VARCHAR NOT NULL, people BIGINT NOT NULL);

-- Grain: device. The clock is applied when read: silence is a matter of `last_read_at` and the reader's now.
CREATE TABLE IF NOT EXISTS mart.equipment_state (
    equipment_id VARCHAR NOT NULL, store_code VARCHAR NOT NULL, area_code VARCHAR NOT NULL, storage_class VARCHAR NOT NULL,
    reporting_mode VARCHAR NOT NULL, last_read_at TIMESTAMPTZ, temp_c DOUBLE, readings BIGINT NOT NULL,
    readings_outside BIGINT NOT NULL);

-- Grain: device: where it stands and between which limits it should stay (its own, or those of its class). Degrees Celsius.
CREATE TABLE IF NOT EXISTS mart.device (
    equipment_id VARCHAR NOT NULL, store_code VARCHAR NOT NULL, store_level VARCHAR NOT NULL, area_code VARCHAR NOT NULL,
    district_code VARCHAR, site_code VARCHAR, kind VARCHAR NOT NULL, litres DOUBLE, low_c DOUBLE, high_c DOUBLE);

-- Grain: device: what the register says of it. status: in force at the snapshot's instant (working, needs_repair,
-- not_working, not_in_use); status_since NULL: nobody ever said anything. job_opened_at: of its open repair. holdover_hours: for
-- how long it keeps its temperature without power; NULL: the register does not tell.
CREATE TABLE IF NOT EXISTS mart.equipment_now (
    equipment_id VARCHAR NOT NULL, model VARCHAR NOT NULL, installed_on DATE, status VARCHAR NOT NULL,
    status_since TIMESTAMPTZ, status_reason VARCHAR NOT NULL, job_opened_at TIMESTAMPTZ, job_assigned BOOLEAN NOT NULL,
    holdover_hours DOUBLE);
-- Warehouses of before have the table without it.
ALTER TABLE mart.equipment_now ADD COLUMN IF NOT EXISTS holdover_hours DOUBLE;

-- Grain: device x instant from which it is in a status. by_person: a named person said it, and not the register.
CREATE TABLE IF NOT EXISTS mart.equipment_history (
    equipment_id VARCHAR NOT NULL, since TIMESTAMPTZ NOT NULL, status VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    by_person BOOLEAN NOT NULL);

-- Grain: device of which a temperature was ever told. gap_minutes: a longer silence counts as such. alarms: of temperature, that
-- began within the days of repeat offenders.
CREATE TABLE IF NOT EXISTS mart.device_heard (
    equipment_id VARCHAR NOT NULL, first_at TIMESTAMPTZ NOT NULL, last_at TIMESTAMPTZ NOT NULL, gap_minutes INTEGER NOT NULL,
    alarms BIGINT NOT NULL);

-- Grain: device x stretch within the days of uptime: out of range (out; to_at NULL: it goes on), or between two
-- temperatures that lie too far apart (silent).
CREATE TABLE IF NOT EXISTS mart.device_away (
    equipment_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, from_at TIMESTAMPTZ NOT NULL, to_at TIMESTAMPTZ);

-- Grain: decision about an excursion, or a silence, of a device from started_at until until_at. kind: hold, use, discard.
-- usable_until: the last day of use that it sets, NULL: none. lots: numbers, separated by ', '. The newest about times that
-- overlap holds; what it is at work on: stock_mark.
CREATE TABLE IF NOT EXISTS mart.excursion_decision (
    decision_id BIGINT NOT NULL, equipment_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL,
    until_at TIMESTAMPTZ NOT NULL, actor VARCHAR NOT NULL, decided_at TIMESTAMPTZ NOT NULL, usable_until DATE,
    lots VARCHAR NOT NULL);

-- Grain: repair of one device; open until done_at.
CREATE TABLE IF NOT EXISTS mart.repair_job (
    job_id BIGINT NOT NULL, equipment_id VARCHAR NOT NULL, opened_at TIMESTAMPTZ NOT NULL, assigned_at TIMESTAMPTZ,
    done_at TIMESTAMPTZ);

-- Grain: device x edge (high, low, high_alarm, low_alarm, power, battery, probe, door) x run of readings beyond it, those
-- that go on or whose end was heard of within the days told. heard_at, end_heard_at: when the last reading outside, and the
-- one that ended it, reached the registry. alarm_minutes: from how many minutes on it is an alarm; NULL: never by itself.
CREATE TABLE IF NOT EXISTS mart.device_run (
    equipment_id VARCHAR NOT NULL, edge VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL, last_out_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ, ended VARCHAR NOT NULL, readings BIGINT NOT NULL, extreme_c DOUBLE, limit_c DOUBLE,
    alarm_minutes INTEGER, heard_at TIMESTAMPTZ NOT NULL, end_heard_at TIMESTAMPTZ);

-- Grain: area: the last day it reported on. An area wholly absent from a file keeps its numbers and this date.
CREATE TABLE IF NOT EXISTS mart.area_report (area_code VARCHAR NOT NULL, last_report_on DATE);

-- Grain: named figure of the publisher shown beside ours, such as pending_doses. Never added to our own.
CREATE TABLE IF NOT EXISTS mart.publisher_figure (name VARCHAR NOT NULL, value BIGINT NOT NULL);

-- Grain: feed. Instants are wall time. state: ok | waiting | slow | held | failed. rows_last: rows of the last reading.
-- watermark: the source's own position. next_try: when it is read again, NULL for "with the next refresh".
CREATE TABLE IF NOT EXISTS mart.feed_status (
    name VARCHAR NOT NULL, state VARCHAR NOT NULL, last_success TIMESTAMPTZ, lag_seconds DOUBLE, rows_in BIGINT NOT NULL,
    accepted BIGINT NOT NULL, quarantined BIGINT NOT NULL, message VARCHAR NOT NULL, last_attempt TIMESTAMPTZ,
    watermark VARCHAR, rows_last BIGINT, next_try TIMESTAMPTZ);

-- Grain: feed x field x reason. Unit: rows set aside, not counted anywhere else.
CREATE TABLE IF NOT EXISTS mart.quarantine (
    feed VARCHAR NOT NULL, field VARCHAR NOT NULL, reason VARCHAR NOT NULL, rows BIGINT NOT NULL);

-- Grain: one published figure changed by one publication.
CREATE TABLE IF NOT EXISTS mart.correction (
    publication VARCHAR NOT NULL, feed VARCHAR NOT NULL, area_code VARCHAR NOT NULL, day DATE, kind VARCHAR NOT NULL,
    before BIGINT, after BIGINT);

-- Grain: equality that must hold to the unit.
CREATE TABLE IF NOT EXISTS mart.invariant (
    name VARCHAR NOT NULL, holds BOOLEAN NOT NULL, left_side BIGINT NOT NULL, right_side BIGINT NOT NULL,
    detail VARCHAR NOT NULL);

-- The tables below are filled from records only; a publisher's tallies leave them empty.

-- Grain: residence district (or province with unknown district: district_code '') x age band at the first dose x sex x
-- state of the series (partial, full, boosted). Unit: distinct people. Bands: '0_4','5_11','12_17','18_49','50_64',
-- '65plus','unknown'. sex: 'f','m','unknown'.
CREATE TABLE IF NOT EXISTS mart.people_state (
    area_code VARCHAR NOT NULL, district_code VARCHAR NOT NULL, age_band VARCHAR NOT NULL, sex VARCHAR NOT NULL,
    state VARCHAR NOT NULL, people BIGINT NOT NULL);

-- Grain: residence area x product of the last dose x day on which the next dose falls due. Unit: people whose series is
-- partial. The clock is applied when read: due is due_on <= today, overdue is later by the rule's grace.
CREATE TABLE IF NOT EXISTS mart.people_due (
    area_code VARCHAR NOT NULL, product VARCHAR NOT NULL, due_on DATE NOT NULL, people BIGINT NOT NULL);

-- Grain: residence area x priority group by precedence (0: none). Unit: distinct people, each counted once.
CREATE TABLE IF NOT EXISTS mart.people_by_group (
    area_code VARCHAR NOT NULL, priority_group INTEGER NOT NULL, dose1_people BIGINT NOT NULL, full_people BIGINT NOT NULL,
    boosted_people BIGINT NOT NULL);

-- Grain: residence area x priority group. Unit: people; NOT additive over groups: a person is in every group of theirs.
CREATE TABLE IF NOT EXISTS mart.group_membership (
    area_code VARCHAR NOT NULL, priority_group INTEGER NOT NULL, dose1_people BIGINT NOT NULL, full_people BIGINT NOT NULL,
    boosted_people BIGINT NOT NULL);

-- Grain: site x day x hour of injection, the last two days. Unit: doses.
CREATE TABLE IF NOT EXISTS mart.doses_by_site_hour (
    site_code VARCHAR NOT NULL, day DATE NOT NULL, hour INTEGER NOT NULL, doses BIGINT NOT NULL);

-- Grain: site x product x state of its session (planned, open, closed, cancelled) on the snapshot's day. Unit: people planned
-- (of a sample as sampled as doses are), tables.
CREATE TABLE IF NOT EXISTS mart.site_session (
    site_code VARCHAR NOT NULL, product VARCHAR NOT NULL, state VARCHAR NOT NULL, sessions BIGINT NOT NULL,
    planned_people BIGINT NOT NULL, tables BIGINT NOT NULL);

-- Grain: site x product x day, the snapshot's or a later one, with sessions that are planned or open. Unit: people planned (of a
-- sample as sampled as doses are).
CREATE TABLE IF NOT EXISTS mart.session_ahead (
    site_code VARCHAR NOT NULL, product VARCHAR NOT NULL, day DATE NOT NULL, planned_people BIGINT NOT NULL);

-- Grain: site with a session or a dose on the snapshot's day: where it is, and when it last entered a dose (NULL: never).
CREATE TABLE IF NOT EXISTS mart.site_seen (
    site_code VARCHAR NOT NULL, area_code VARCHAR NOT NULL, district_code VARCHAR NOT NULL,
    last_recorded_at TIMESTAMPTZ);

-- Grain: residence area x place of vaccination. Unit: doses. Both sides have 'unknown'; places have 'central'.
CREATE TABLE IF NOT EXISTS mart.residence_place (
    residence_code VARCHAR NOT NULL, place_code VARCHAR NOT NULL, doses BIGINT NOT NULL);

-- Grain: place of vaccination x day of injection x whole days until it was recorded (capped at 60), of the last 120 days
-- of injection. Unit: doses. The triangle that the nowcast reads.
CREATE TABLE IF NOT EXISTS mart.dose_delay (
    area_code VARCHAR NOT NULL, day DATE NOT NULL, lag_days INTEGER NOT NULL, doses BIGINT NOT NULL);

-- Grain: area ('' is the nation) x day of injection that is not complete yet. Unit: doses. 80 % interval.
CREATE TABLE IF NOT EXISTS mart.nowcast (
    area_code VARCHAR NOT NULL, day DATE NOT NULL, reported BIGINT NOT NULL, expected BIGINT NOT NULL, low BIGINT NOT NULL,
    high BIGINT NOT NULL);

-- Grain: place of vaccination x identity status (matched, mismatched, none). Unit: doses; sums to all doses.
CREATE TABLE IF NOT EXISTS mart.identity_status (area_code VARCHAR NOT NULL, status VARCHAR NOT NULL, doses BIGINT NOT NULL);

-- Grain: store: where it stands. level: national, regional, province, recipient, district, site.
CREATE TABLE IF NOT EXISTS mart.store (
    store_code VARCHAR NOT NULL, level VARCHAR NOT NULL, area_code VARCHAR NOT NULL, district_code VARCHAR,
    site_code VARCHAR, recipient_code VARCHAR, parent_code VARCHAR, capacity_litres DOUBLE);

-- Grain: lot. doses_received: what the country received of it, in doses of doses_per_vial; earmark: for whom, NULL: anyone.
CREATE TABLE IF NOT EXISTS mart.lot (
    lot_number VARCHAR NOT NULL, product VARCHAR NOT NULL, source VARCHAR NOT NULL, earmark VARCHAR,
    doses_received BIGINT NOT NULL, doses_per_vial INTEGER NOT NULL, vials_per_tray INTEGER, manufactured_on DATE);

-- Grain: lot x instant from which it is in a state (received, awaiting_release, released, on_hold, recalled, destroyed). The
-- clock is applied when read: the newest that has begun is in force. Only released stock is usable.
CREATE TABLE IF NOT EXISTS mart.lot_state (
    lot_number VARCHAR NOT NULL, valid_from TIMESTAMPTZ NOT NULL, state VARCHAR NOT NULL, reason VARCHAR);

-- Grain: store x lot with a movement, or with doses sent to it. Unit: doses, full size. Negative levels stay: a data alert.
-- A cancelled movement counts nowhere. For each row, exactly:
--     on_hand = incoming - shipped_out - administered - wasted - lost
-- and over all stores of a lot with a clean ledger:
--     on_hand + in_transit + administered + wasted + lost = arrived = the lot's doses_received;
-- doses_received less the left side is what the ledger does not explain. lost: counts below the book and adjustments
-- downwards, less those upwards. in_transit: sent to this store and not received there; below zero: received more than was
-- sent. arrived: part of incoming that came from no other store (opening balance, the country's receipts).
-- wasted = wasted_open + wasted_closed. thawed_on: the earliest thaw since the store last had none of the lot. counted_on:
-- last physical count. last_sent_at: when something was last sent to this store; last_received_at: when it last received
-- something from another store. Where something is in transit and last_received_at is the later, it came short.
CREATE TABLE IF NOT EXISTS mart.stock_by_lot (
    store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, product VARCHAR NOT NULL, area_code VARCHAR NOT NULL,
    incoming BIGINT NOT NULL, administered BIGINT NOT NULL, wasted BIGINT NOT NULL, on_hand BIGINT NOT NULL,
    arrived BIGINT, shipped_out BIGINT, in_transit BIGINT, lost BIGINT, wasted_open BIGINT, wasted_closed BIGINT,
    thawed_on DATE, counted_on DATE, last_sent_at TIMESTAMPTZ, last_received_at TIMESTAMPTZ);

-- Grain: decision about an excursion x store x lot that it is at work on: all doses of that lot in that store are on hold (kind
-- hold; discard: left over of one), or may be used until usable_until at most (kind use). It goes with the doses: of_store is the
-- store that it was decided about, started_at when its excursion began. What may be used of a store x lot: nothing where any row stops it; until the earliest
-- usable_until, the lot's expiry and the thaw clock (campaign/stock_board.py judges it). Doses: stock_by_lot.
CREATE TABLE IF NOT EXISTS mart.stock_mark (
    store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, decision_id BIGINT NOT NULL, kind VARCHAR NOT NULL,
    usable_until DATE, actor VARCHAR NOT NULL, decided_at TIMESTAMPTZ NOT NULL, equipment_id VARCHAR NOT NULL,
    of_store VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL);

-- Grain: lot x day from which an expiry is in force x kind (label, extension). The clock is applied when read: the newest
-- in force counts, of one day the extension. condition: how doses must be stored for it to hold ('-90..-60 C'), NULL: however.
CREATE TABLE IF NOT EXISTS mart.lot_expiry (
    lot_number VARCHAR NOT NULL, valid_from DATE NOT NULL, expires_on DATE NOT NULL, kind VARCHAR, condition VARCHAR,
    decision VARCHAR);

-- Grain: store x consumable x batch ('' where it is kept without one). Unit: pieces, never doses. Levels below zero stay.
--     on_hand = incoming - shipped_out - used - wasted - lost
-- lost: counts below the book and adjustments downwards, less those upwards. counted_on: last physical count.
CREATE TABLE IF NOT EXISTS mart.supply_by_store (
    store_code VARCHAR NOT NULL, area_code VARCHAR NOT NULL, item VARCHAR NOT NULL, batch VARCHAR NOT NULL, on_hand BIGINT NOT NULL,
    incoming BIGINT NOT NULL, shipped_out BIGINT NOT NULL, used BIGINT NOT NULL, wasted BIGINT NOT NULL, lost BIGINT NOT NULL,
    counted_on DATE);

-- Grain: store x lot of which the vials' own monitors of heat were read: the newest reading (of two at one instant the worse).
-- stage 1 to 4; from 3 on doses are not given. doses: how many are at the stage, NULL: all. discard: of the doses that are
-- there now, those that must not be given.
CREATE TABLE IF NOT EXISTS mart.vial_monitor (
    store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, product VARCHAR NOT NULL, area_code VARCHAR NOT NULL,
    stage INTEGER NOT NULL, doses BIGINT, read_at TIMESTAMPTZ NOT NULL, occasion VARCHAR NOT NULL, on_hand BIGINT NOT NULL,
    discard BIGINT NOT NULL);

-- Grain: store x product with stock, or with use in the look-back. Unit: doses administered, full size. The look-back is the
-- look_back_days whole days before the snapshot's local day. stock_days: those of them that began with stock, or on which
-- some came or was used. Days of stock of a store = usable doses / (used_doses / stock_days); of an area = usable doses of
-- its stores / (the sum of their used_doses / the most stock_days of any of them). used_doses = 0: no recent use.
-- last_used_on: NULL where not in that time.
CREATE TABLE IF NOT EXISTS mart.stock_use (
    store_code VARCHAR NOT NULL, area_code VARCHAR NOT NULL, product VARCHAR NOT NULL, used_doses BIGINT NOT NULL,
    stock_days INTEGER NOT NULL, look_back_days INTEGER NOT NULL, last_used_on DATE);

-- Grain: physical count that differed from the book, of the last days (setting). difference = counted - expected. Balances
-- below zero are those of stock_by_lot.
CREATE TABLE IF NOT EXISTS mart.stock_difference (
    movement_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, product VARCHAR NOT NULL,
    area_code VARCHAR NOT NULL, counted_at TIMESTAMPTZ NOT NULL, expected BIGINT NOT NULL, counted BIGINT NOT NULL,
    difference BIGINT NOT NULL, reason VARCHAR);

-- Grain: decision on allocation (đợt). number: '' of a decision that movements or lines name and nobody entered; decided_on is
-- NULL then, and known false. withdrawn: it plans nothing any more. signed_by: the office or official that signed.
CREATE TABLE IF NOT EXISTS mart.allocation_decision (
    decision_id BIGINT NOT NULL, number VARCHAR NOT NULL, round INTEGER, decided_on DATE, signed_by VARCHAR,
    withdrawn BOOLEAN NOT NULL, source VARCHAR, earmark VARCHAR, known BOOLEAN NOT NULL);

-- Grain: decision x store x product x lot ('' where the decision names none). Unit: doses, full size. planned: of the decision, 0
-- where the store received what no line of it says; of a decision withdrawn: what it had planned. planned_on: when it is
-- expected. sent, received: movements of the ledger that name the decision, to the store and in it; days are those of the first
-- and the last that stand. stated_*: what the registry states beside the ledger. lots: numbers that moved, separated by ', '.
-- in transit = sent - received; below zero: received more than was sent.
CREATE TABLE IF NOT EXISTS mart.allocation_line (
    decision_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, area_code VARCHAR NOT NULL, product VARCHAR NOT NULL,
    lot_number VARCHAR NOT NULL, planned BIGINT NOT NULL, planned_on DATE, sent BIGINT NOT NULL, received BIGINT NOT NULL,
    first_sent_on DATE, last_sent_on DATE, first_received_on DATE, last_received_on DATE, stated_shipped_on DATE,
    stated_received_on DATE, stated_received BIGINT, lots VARCHAR NOT NULL);

-- Grain: field of a decision, or of a line of it (store_code not ''), that was changed after it was stated: its versions.
CREATE TABLE IF NOT EXISTS mart.allocation_change (
    change_id BIGINT NOT NULL, decision_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, product VARCHAR NOT NULL,
    lot_number VARCHAR NOT NULL, field VARCHAR NOT NULL, before VARCHAR, after VARCHAR, changed_at TIMESTAMPTZ NOT NULL);

-- Grain: store x lot x kind of vial x reason (number of data/reference/waste_reasons.csv, 0: none told, 99: in other words).
-- doses: entered as wasted since the beginning; of opened vials less what was entered as gained.
CREATE TABLE IF NOT EXISTS mart.stock_waste (
    store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, closed BOOLEAN NOT NULL, reason INTEGER NOT NULL,
    doses BIGINT NOT NULL);

-- Grain: store that wasted closed vials in the last days (setting), today's included, or wasted any without a reason. handled: doses at their
-- beginning and what came in; closed: of them wasted unopened; unsaid: wasted, opened or not, without a reason.
CREATE TABLE IF NOT EXISTS mart.stock_week (
    store_code VARCHAR NOT NULL, handled BIGINT NOT NULL, closed BIGINT NOT NULL, unsaid BIGINT NOT NULL);

-- Grain: lot ('' where not told) x site x product x seriousness x local day of recording. Unit: events after vaccination.
CREATE TABLE IF NOT EXISTS mart.event_by_lot (
    lot_number VARCHAR NOT NULL, site_code VARCHAR NOT NULL, area_code VARCHAR NOT NULL, product VARCHAR NOT NULL,
    serious BOOLEAN NOT NULL, recorded_on DATE NOT NULL, events BIGINT NOT NULL);

-- Grain: area of registration x state x age band at registration. Unit: registrations.
CREATE TABLE IF NOT EXISTS mart.registration_state (
    area_code VARCHAR NOT NULL, state VARCHAR NOT NULL, age_band VARCHAR NOT NULL, registrations BIGINT NOT NULL);

-- Grain: area of registration x state (registered, approved, invited, arrived, screened, deferred) x reason of a deferral
-- (number of data/reference/deferral_reasons.csv, 0: not told or not deferred, 15: in other words) x day of registration.
-- Unit: registrations that are neither served nor cancelled. The clock is applied when read: how long each has waited.
CREATE TABLE IF NOT EXISTS mart.registration_open (
    area_code VARCHAR NOT NULL, state VARCHAR NOT NULL, reason INTEGER NOT NULL, registered_on DATE NOT NULL,
    registrations BIGINT NOT NULL);

-- Grain: area of registration x whole days from the registration until its record said injected or observed, 999 and more
-- together. Unit: registrations.
CREATE TABLE IF NOT EXISTS mart.registration_wait (
    area_code VARCHAR NOT NULL, waited_days INTEGER NOT NULL, registrations BIGINT NOT NULL);

-- Grain: day of registration x whole days until its record said injected or observed, deferred or cancelled (120 and more
-- together) x outcome (waiting, with 0 days; served; left: deferred or cancelled) x age band at registration. Unit:
-- registrations, of the nation. From it the queue of any past morning can be told.
CREATE TABLE IF NOT EXISTS mart.registration_course (
    registered_on DATE NOT NULL, waited_days INTEGER NOT NULL, outcome VARCHAR NOT NULL, age_band VARCHAR NOT NULL,
    registrations BIGINT NOT NULL);

-- Grain: area x day from which it is in a priority tier of provinces; the newest that has begun is in force.
CREATE TABLE IF NOT EXISTS mart.area_tier (
    area_code VARCHAR NOT NULL, tier INTEGER NOT NULL, source VARCHAR NOT NULL, valid_from DATE NOT NULL);

-- Grain: area x day x measure x age group, where a tally was declared. Unit: doses of that day. Declared and recorded
-- are two counts of the same thing: never added.
CREATE TABLE IF NOT EXISTS mart.declared_gap (
    area_code VARCHAR NOT NULL, day DATE NOT NULL, measure VARCHAR NOT NULL, age_group VARCHAR NOT NULL,
    declared BIGINT NOT NULL, recorded BIGINT NOT NULL, declared_at TIMESTAMPTZ NOT NULL);

-- Grain: area x product x seriousness. Unit: events reported after vaccination.
CREATE TABLE IF NOT EXISTS mart.adverse_event (
    area_code VARCHAR NOT NULL, product VARCHAR NOT NULL, serious BOOLEAN NOT NULL, events BIGINT NOT NULL);

-- Grain: day (local) on which identities were merged. Unit: merges ever made that day; undone of them, by now. Both source
-- records are kept: a merge says that they are one person.
CREATE TABLE IF NOT EXISTS mart.person_merge (merged_on DATE NOT NULL, merges BIGINT NOT NULL, undone BIGINT NOT NULL);

-- Grain: feed x field x reason x wall-clock day on which it was first set aside. Unit: records; still_held of them now.
CREATE TABLE IF NOT EXISTS mart.quarantine_day (
    feed VARCHAR NOT NULL, field VARCHAR NOT NULL, reason VARCHAR NOT NULL, day DATE NOT NULL, rows BIGINT NOT NULL,
    still_held BIGINT NOT NULL);

-- Grain: record set aside, the newest few hundred (setting). Keys only, no identity.
CREATE TABLE IF NOT EXISTS mart.quarantine_row (
    feed VARCHAR NOT NULL, record_key VARCHAR NOT NULL, field VARCHAR NOT NULL, reason VARCHAR NOT NULL, value VARCHAR,
    expected VARCHAR NOT NULL, seen_at TIMESTAMPTZ NOT NULL);

-- Grain: rule of the catalogue (data/reference/data_rules.csv) x area ('' where it has none). Unit: records that break it.
CREATE TABLE IF NOT EXISTS mart.rule_count (rule_id VARCHAR NOT NULL, area_code VARCHAR NOT NULL, records BIGINT NOT NULL);

-- Grain: reporting day x scope that a named person locked. Figures as locked beside the same figures now; revised_doses
-- counts what arrived or was withdrawn for that day after the lock.
CREATE TABLE IF NOT EXISTS mart.figure_lock (
    reporting_day DATE NOT NULL, scope VARCHAR NOT NULL, snapshot_version BIGINT NOT NULL, locked_by VARCHAR NOT NULL,
    locked_at TIMESTAMPTZ NOT NULL, locked_doses BIGINT NOT NULL, locked_dose1_people BIGINT NOT NULL,
    locked_full_people BIGINT NOT NULL, doses_now BIGINT NOT NULL, dose1_people_now BIGINT NOT NULL,
    full_people_now BIGINT NOT NULL);

-- Grain: statement of a province about its figures of one day (kind: confirmed | explained | withdrawn), of the last 31
-- days. The figures as the person saw them, up to and with that day, beside the same figures now. said: the words.
CREATE TABLE IF NOT EXISTS mart.figure_statement (
    statement_id BIGINT NOT NULL, reporting_day DATE NOT NULL, area_code VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    said VARCHAR NOT NULL, snapshot_version BIGINT NOT NULL, doses BIGINT NOT NULL, dose1_people BIGINT,
    full_people BIGINT, actor VARCHAR NOT NULL, made_at TIMESTAMPTZ NOT NULL, doses_now BIGINT NOT NULL,
    dose1_people_now BIGINT, full_people_now BIGINT);

-- Grain: reallocation plan that is approved, or of which something left: with an act in the last 31 days, or doses on their way. state:
-- as its newest act wrote it; until_at: of an approval that waits, the clock is applied when read. number, decided_on: of the
-- authority's decision on its lines. made_from, days: snapshot and horizon that it was planned by. No row: no such plan. A snapshot
-- that was published without asking the registry has neither table. No name of a person.
CREATE TABLE IF NOT EXISTS mart.reallocation (
    plan_id BIGINT NOT NULL, title VARCHAR NOT NULL, state VARCHAR NOT NULL, revision INTEGER NOT NULL, until_at TIMESTAMPTZ,
    changed_at TIMESTAMPTZ NOT NULL, approved_at TIMESTAMPTZ, number VARCHAR, decided_on DATE, made_from BIGINT, days INTEGER);

-- Grain: line of such a plan. Unit: doses. shipped: left; received: as counted on arrival; on_way: left and not received yet;
-- missing: sent and not received, shipment by shipment. Areas: codes of provinces, 'central' of stores of none.
CREATE TABLE IF NOT EXISTS mart.reallocation_line (
    plan_id BIGINT NOT NULL, line INTEGER NOT NULL, lot VARCHAR NOT NULL, product VARCHAR NOT NULL, giver VARCHAR NOT NULL,
    giver_area VARCHAR NOT NULL, taker VARCHAR NOT NULL, taker_area VARCHAR NOT NULL, doses BIGINT NOT NULL, ship_on DATE NOT NULL,
    arrive_on DATE NOT NULL, shipped BIGINT NOT NULL, received BIGINT NOT NULL, on_way BIGINT NOT NULL,
    missing BIGINT NOT NULL);

-- Details, as the engine keeps them: numbers for codes, several signed rows a cell; their meaning is in the views of
-- schema/published_views. Written without summing and naming them, publishing takes a third less time.

CREATE TABLE IF NOT EXISTS mart.dose_cell (
    place UTINYINT NOT NULL, day SMALLINT NOT NULL, product UTINYINT NOT NULL, number UTINYINT NOT NULL,
    band UTINYINT NOT NULL, sex UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS mart.dose_group_cell (
    priority_group UTINYINT NOT NULL, residence_area USMALLINT NOT NULL, day SMALLINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS mart.district_day_cell (
    place UTINYINT NOT NULL, district USMALLINT NOT NULL, day SMALLINT NOT NULL, number UTINYINT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS mart.site_day_cell (site USMALLINT NOT NULL, day SMALLINT NOT NULL, n BIGINT NOT NULL);

-- What the numbers stand for in this snapshot. Grain: number.
CREATE TABLE IF NOT EXISTS mart.name_place (number INTEGER NOT NULL, area_code VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS mart.name_area (number INTEGER NOT NULL, area_code VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS mart.name_district (
    number INTEGER NOT NULL, area_code VARCHAR NOT NULL, district_code VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS mart.name_product (number INTEGER NOT NULL, code VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS mart.name_site (number INTEGER NOT NULL, code VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS mart.name_band (
    number INTEGER NOT NULL, age_band VARCHAR NOT NULL, population_group VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS mart.name_sex (number INTEGER NOT NULL, sex VARCHAR NOT NULL);
