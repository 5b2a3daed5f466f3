-- Grain: one row. The last day is that of the snapshot's own instant, so that "today" is there even before its first dose.
INSERT INTO mart.snapshot_info BY NAME
SELECT $version AS version, $content_hash AS content_hash, $as_of::TIMESTAMPTZ AS as_of,
       $published_at::TIMESTAMPTZ AS published_at, 'record' AS kind, 'Việt Nam' AS title_vi, 'Viet Nam' AS title_en,
       $one_in AS one_in, $is_demo AS is_demo, $denominator AS denominator,
       NULL AS first_day, $as_of::TIMESTAMPTZ::DATE AS last_day,
       true AS has_boundaries, '' AS note_vi, '' AS note_en
