-- Doses by where people live and by where they are given. Grain: area, units of no province among them, and the nation, in which
-- what moves between two areas flows out of the one and into the other.
WITH one AS (
    SELECT a.code AS key,
           coalesce((SELECT sum(doses) FROM residence_place WHERE residence_code = a.code), 0) AS by_residence,
           coalesce((SELECT sum(doses) FROM residence_place WHERE place_code = a.code), 0) AS by_place,
           coalesce((SELECT sum(doses) FROM residence_place WHERE residence_code = a.code AND place_code = a.code), 0) AS at_home,
           coalesce((SELECT sum(doses) FROM residence_place WHERE residence_code = a.code AND place_code = 'central'
                     AND a.code <> 'central'), 0) AS to_central,
           coalesce((SELECT sum(doses) FROM residence_place WHERE place_code = a.code AND residence_code = 'unknown'
                     AND a.code <> 'unknown'), 0) AS of_unknown
    FROM area a),
every AS (
    FROM one UNION ALL
    SELECT 'nation', sum(by_residence), sum(by_place), sum(at_home), sum(to_central), sum(of_unknown) FROM one)
SELECT key, shown(by_residence) AS by_residence, shown(by_place) AS by_place, shown(at_home) AS at_home,
       shown(by_place - at_home) AS inflow, percent(by_place - at_home, by_place) AS inflow_share,
       shown(by_residence - at_home) AS outflow, percent(by_residence - at_home, by_residence) AS outflow_share,
       signed((by_place - at_home) - (by_residence - at_home)) AS net, shown(to_central) AS to_central, shown(of_unknown) AS of_unknown
FROM every
