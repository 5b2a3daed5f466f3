-- Grain: one row. first and last day: of doses where there is such a feed. Inputs: bound values, declared.cell.
INSERT INTO mart.snapshot_info
SELECT $version, '', $as_of, $published_at, 'declared', $title_vi, $title_en, 1, FALSE, $denominator,
       min(c.day), max(c.day), $has_boundaries, $note_vi, $note_en
FROM declared.cell c JOIN declared.feed f ON f.name = c.feed
WHERE f.kind = 'doses' OR NOT EXISTS (FROM declared.feed WHERE kind = 'doses')
