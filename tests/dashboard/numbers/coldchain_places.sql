-- Devices of each area by state, and of all of them where no area is looked at.
WITH counted AS (
    SELECT unnest([area_code, 'nation']) AS key, state FROM device_now)
SELECT key, shown(count(*)) AS devices, shown(count_if(state = 'alarm')) AS alarm, shown(count_if(state = 'silent')) AS silent,
       shown(count_if(state = 'out')) AS out, shown(count_if(state = 'fault')) AS fault, shown(count_if(state = 'never')) AS never,
       shown(count_if(state = 'good')) AS good,
       shown(count_if(state = 'not_working')) AS not_working, shown(count_if(state = 'not_in_use')) AS not_in_use
FROM counted WHERE key <> 'nation' OR getvariable('area') = '' GROUP BY key
