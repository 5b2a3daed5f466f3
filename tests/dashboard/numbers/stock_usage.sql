-- Usage over rounds received long enough ago, three ways.
SELECT area_code AS key, shown(given) AS given, shown(allocated) AS allocated, percent(given, allocated) AS of_allocated,
       shown(received) AS received, percent(given, received) AS of_received, shown(gone) AS gone, percent(given, gone) AS of_gone,
       shown(rounds) AS rounds, shown(newer) AS newer
FROM usage_now
