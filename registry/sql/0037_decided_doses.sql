-- What an act on a plan of reallocation reads besides: doses that decisions on allocation promise. Inputs: 0001, 0022, 0031.

GRANT SELECT (decision_id, number, state) ON registry.allocation_decision TO {app_role};
GRANT SELECT (decision_id, store_code, product_code, lot_number, doses, planned_on, doses_received)
    ON registry.allocation_line TO {app_role};
GRANT SELECT (level, parent_code) ON registry.store TO {app_role};

-- Under the ledger's one lock, on which every act on a plan waits.
CREATE INDEX stock_movement_decision ON registry.stock_movement (decision_id) WHERE decision_id IS NOT NULL;
CREATE INDEX stock_movement_cancels ON registry.stock_movement (cancels_id) WHERE cancels_id IS NOT NULL;
