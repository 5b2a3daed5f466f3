-- A transfer that was received short, or over, and what was said of the difference. Inputs: 0001, 0009, 0015, 0024.

-- Grain: act on the difference between what sender_code sent of a lot to store_code and what came there; never changed or taken
-- back. version: the how-manieth about this sender, store and lot; two persons who saw the same cannot both write the next.
-- open_doses: the difference as it was seen, below zero where more was received than sent; doses: how many of it were judged.
-- expected_on: of `expected`, the day until which they are waited for (campaign time). movement_ids: what it wrote in the ledger.
CREATE TABLE operations.transfer_closing (
    closing_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sender_code text NOT NULL, store_code text NOT NULL,
    lot_number text NOT NULL, version integer NOT NULL CHECK (version > 0),
    outcome text NOT NULL CHECK (outcome IN ('expected', 'lost', 'broken', 'warm', 'frozen', 'received_all', 'sent_fewer',
                                             'sent_more', 'received_fewer')),
    open_doses bigint NOT NULL CHECK (open_doses <> 0), doses bigint NOT NULL CHECK (doses > 0), expected_on date,
    reason text NOT NULL CHECK (reason <> ''), actor text NOT NULL CHECK (actor <> ''), decided_at timestamptz NOT NULL,
    campaign_at timestamptz NOT NULL, movement_ids bigint[] NOT NULL, UNIQUE (store_code, lot_number, sender_code, version),
    CHECK ((outcome = 'expected') = (expected_on IS NOT NULL)));

-- What was sent to a store is read when somebody looks at a transfer.
CREATE INDEX stock_movement_sent_to ON registry.stock_movement (counterpart_code, lot_number)
    WHERE kind IN ('issue', 'transfer_out');

-- What is still expected is no alert: who said so is not asked for.
GRANT SELECT (sender_code, store_code, lot_number, version, outcome, doses, expected_on, campaign_at)
    ON operations.transfer_closing TO {etl_role};
GRANT SELECT, INSERT ON operations.transfer_closing TO {app_role};
GRANT SELECT (decision_id), INSERT (counterpart_code, decision_id) ON registry.stock_movement TO {app_role};
