-- From an excursion to a decision: who decided what about the doses inside, and what was known. Inputs: 0001, 0009, 0015.

-- Grain: decision, never changed or taken back: a later one corrects it. The excursion is that of equipment_id on a side, from
-- started_at (its first reading outside; campaign time) until until_at, its end as it was known; side 'silent': nothing was heard.
-- version: the how-manieth about this excursion; two persons who saw the same cannot both write the next. known: what was known
-- of each lot: minutes used and left of its budget, minutes outside, frozen, unknown, and what was recommended.
CREATE TABLE operations.excursion_decision (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, equipment_id text NOT NULL, store_code text NOT NULL,
    province_code text, side text NOT NULL CHECK (side IN ('high', 'low', 'silent')), started_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL, version integer NOT NULL CHECK (version > 0),
    kind text NOT NULL CHECK (kind IN ('hold', 'use', 'discard')), reason text NOT NULL CHECK (reason <> ''),
    actor text NOT NULL CHECK (actor <> ''), decided_at timestamptz NOT NULL, campaign_at timestamptz NOT NULL, known jsonb NOT NULL);
CREATE INDEX excursion_decision_device ON operations.excursion_decision (equipment_id, started_at);

-- Grain: decision x lot. doses: in the store at that moment, by the ledger. usable_until: the last day of use that was decided;
-- NULL: as before. movement_id: of a discard what it took from the ledger, of what corrects one the entry that takes it back.
CREATE TABLE operations.excursion_decision_lot (
    line_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    decision_id bigint NOT NULL REFERENCES operations.excursion_decision, lot_number text NOT NULL, doses bigint NOT NULL,
    usable_until date, movement_id bigint, UNIQUE (decision_id, lot_number));
CREATE INDEX excursion_decision_lot_number ON operations.excursion_decision_lot (lot_number);

-- The ledger of one store and lot is read when somebody decides.
CREATE INDEX stock_movement_pair ON registry.stock_movement (store_code, lot_number);

GRANT SELECT, INSERT ON operations.excursion_decision, operations.excursion_decision_lot TO {app_role};
GRANT USAGE ON SEQUENCE operations.excursion_decision_lot_line_id_seq TO {app_role};
GRANT SELECT (kind, storage_class, reporting_mode, retired_on) ON registry.equipment TO {app_role};
GRANT SELECT (temp_c) ON registry.temperature_reading TO {app_role};
GRANT SELECT (name_vi) ON registry.store TO {app_role};
GRANT SELECT (lot_number, product_code, doses_per_vial) ON registry.lot TO {app_role};
GRANT SELECT (movement_id, store_code, lot_number, kind, doses, counted, occurred_at, recorded_at, counterpart_code, reason,
              cancels_id, thawed_on),
    INSERT (movement_id, store_code, lot_number, kind, doses, occurred_at, recorded_at, reason, cancels_id)
    ON registry.stock_movement TO {app_role};
