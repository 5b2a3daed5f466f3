-- Reallocations as a reader of the plans would count them. Variable: area. Grain: line that touches the area.
CREATE TEMP MACRO touches(g, t) AS getvariable('area') = '' OR g = getvariable('area') OR t = getvariable('area');
CREATE TEMP VIEW plan_state AS
SELECT plan_id, CASE WHEN state IN ('proposed', 'approved') AND until_at <= (SELECT as_of FROM snapshot_info) THEN 'lapsed'
                     ELSE state END AS state FROM reallocation;
