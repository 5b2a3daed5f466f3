-- An order to move doses says how many whole trays and vials a line is (campaign/plan_order.py).
GRANT SELECT (vials_per_tray) ON registry.lot TO {app_role};
