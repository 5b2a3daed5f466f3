-- The versions of the lot's expiry.
SELECT strftime(valid_from, '%Y%m%d ') || kind AS key, on_day(expires_on) AS expires, on_day(valid_from) AS valid_from
FROM lot_expiry WHERE lot_number = getvariable('lot')
