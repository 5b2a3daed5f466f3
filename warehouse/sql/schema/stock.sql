-- What the ledger of movements gives, carried on by each refresh. Unit: doses, full size. The rules are those of
-- campaign/ledger.py, which says them in plain Python.

-- Grain: store x lot with a movement, or with doses sent to it. A cancel takes back what it reverses, where that stood.
-- incoming: opening balance, receipts, transfers in; of them arrived: opening balance, and receipts from no other store.
-- sent: issued and transferred out. sent_here: what other stores sent to this one; last_sent_at: when last.
-- counted_at, count_recorded_at, count_id: the last physical count, NULL where there was none.
-- thawed_on: the earliest thaw since the store last had none of the lot.
CREATE TABLE IF NOT EXISTS core.stock_level (
    store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, on_hand BIGINT NOT NULL, incoming BIGINT NOT NULL,
    arrived BIGINT NOT NULL, sent BIGINT NOT NULL, administered BIGINT NOT NULL, wasted_open BIGINT NOT NULL,
    wasted_closed BIGINT NOT NULL, sent_here BIGINT NOT NULL, counted_at TIMESTAMPTZ, count_recorded_at TIMESTAMPTZ,
    count_id BIGINT, thawed_on DATE, last_moved_at TIMESTAMPTZ, last_sent_at TIMESTAMPTZ,
    last_received_at TIMESTAMPTZ);

-- Grain: issue or transfer out to another store that names no thaw, where something in the giving store was thawed before it:
-- the earliest thaw of what was there goes with the doses.
CREATE TABLE IF NOT EXISTS core.stock_thaw (
    movement_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, thawed_on DATE NOT NULL);

-- Grain: physical count that differed from the book. difference: counted - expected.
CREATE TABLE IF NOT EXISTS core.stock_count (
    movement_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, counted_at TIMESTAMPTZ NOT NULL,
    expected BIGINT NOT NULL, counted BIGINT NOT NULL, difference BIGINT NOT NULL, reason VARCHAR);

-- Grain: store x lot x local day, of the last days only (core.stock_clock). net: by how much the level changed, counts
-- included; came: what came in; used: doses administered; closed: wasted from vials that were never opened; unsaid: wasted
-- from any without a reason. came, closed: without doses that were written off on the way to the store.
CREATE TABLE IF NOT EXISTS core.stock_day (
    store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, day DATE NOT NULL, net BIGINT NOT NULL, came BIGINT NOT NULL,
    used BIGINT NOT NULL, closed BIGINT NOT NULL, unsaid BIGINT NOT NULL);

-- Grain: store x lot x kind of vial x reason in the registry's words, '' where none is told. doses: wasted since the beginning,
-- less doses gained from opened vials. A cancel takes back under the reason of what it reverses.
CREATE TABLE IF NOT EXISTS core.stock_waste (
    store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, closed BOOLEAN NOT NULL, reason VARCHAR NOT NULL,
    doses BIGINT NOT NULL);

-- Grain: store x product: use in the look-back days, which are the whole days before core.stock_clock.today.
-- stock_days: those of them with stock at their beginning, or some that came, or some that was used.
CREATE TABLE IF NOT EXISTS core.stock_use (
    store_code VARCHAR NOT NULL, product_code VARCHAR NOT NULL, used BIGINT NOT NULL, stock_days INTEGER NOT NULL,
    last_used_on DATE);

-- Grain: one row: the local day and the look-back that core.stock_use was counted for; core.stock_day begins at `since`.
CREATE TABLE IF NOT EXISTS core.stock_clock (today DATE NOT NULL, look_back_days INTEGER NOT NULL, since DATE NOT NULL);

-- Grain: decision x store x lot, of the stores that the decision names and of those of provinces and central units. Unit: doses,
-- full size. sent: to the store; received: there. Movements that name the decision, less what was cancelled of them; instants
-- are of movements that stand.
CREATE TABLE IF NOT EXISTS core.allocation_flow (
    decision_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL, sent BIGINT NOT NULL,
    received BIGINT NOT NULL, first_sent_at TIMESTAMPTZ, last_sent_at TIMESTAMPTZ, first_received_at TIMESTAMPTZ,
    last_received_at TIMESTAMPTZ);

-- Grain: store x item x batch with a movement. Unit: pieces, never doses. A cancel takes back what it reverses, where that stood.
-- incoming: opening balance, receipts, transfers in. sent: issued and transferred out. counted_at: last physical count.
CREATE TABLE IF NOT EXISTS core.supply_level (
    store_code VARCHAR NOT NULL, item_code VARCHAR NOT NULL, batch VARCHAR NOT NULL, on_hand BIGINT NOT NULL,
    incoming BIGINT NOT NULL, sent BIGINT NOT NULL, used BIGINT NOT NULL, wasted BIGINT NOT NULL, counted_at TIMESTAMPTZ);
-- Grain: line of a decision about an excursion x store x lot with doses that it is at work on (campaign/dose_marks.py).
CREATE TABLE IF NOT EXISTS core.stock_mark (line_id BIGINT NOT NULL, store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL);

-- Grain: store x lot that a decision at work names, or that doses of such a store were ever sent to: only there can movements
-- change marks.
CREATE TABLE IF NOT EXISTS core.stock_mark_reach (store_code VARCHAR NOT NULL, lot_number VARCHAR NOT NULL);
