-- Grain: one row. Unit: merges of identities in force, those of the last 7 days to `today` among them, and those undone;
-- people on record besides, of whom a merged pair is one. Inputs: person_merge, people_state.
SELECT coalesce(sum(merges - undone), 0)::BIGINT AS in_force,
       coalesce(sum(merges - undone) FILTER (WHERE merged_on > $today::DATE - 7), 0)::BIGINT AS lately,
       coalesce(sum(undone), 0)::BIGINT AS undone,
       (SELECT coalesce(sum(people), 0)::BIGINT FROM people_state) AS people
FROM person_merge
