-- The exact interval of a share, without quantiles of a beta distribution: the binomial's tail, term by term, halved until it
-- has the wanted weight.
CREATE TEMP MACRO at_most(k, n, p) AS CASE WHEN k < 0 THEN 0.0 ELSE list_sum(list_transform(range(0, k::BIGINT + 1), lambda i:
    exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) + i * ln(p) + (n - i) * ln(1 - p)))) END;
CREATE TEMP MACRO halved(k, n, weight) AS (
    WITH RECURSIVE step AS (
        SELECT 0 AS turn, 0.0::DOUBLE AS low, 1.0::DOUBLE AS high
        UNION ALL
        SELECT turn + 1, if(at_most(k, n, (low + high) / 2) > weight, (low + high) / 2, low),
               if(at_most(k, n, (low + high) / 2) > weight, high, (low + high) / 2)
        FROM step WHERE turn < 34)
    SELECT low FROM step WHERE turn = 34);
-- "1,2 0,3 4,5": events per 100,000 doses, and its interval at 95 per cent.
CREATE TEMP MACRO with_interval(events, doses) AS CASE WHEN doses <= 0 THEN ''
    ELSE tenth(100000.0 * events / doses) || ' ' || tenth(if(events = 0, 0, 100000 * halved(events - 1, doses, 0.975)))
         || ' ' || tenth(100000 * halved(events, doses, 0.025)) END;
