-- When the lot came into each state.
SELECT strftime(valid_from AT TIME ZONE getvariable('zone'), '%Y%m%d%H%M%S ') || state AS key, on_instant(valid_from) AS since
FROM lot_state WHERE lot_number = getvariable('lot')
