-- Whoever reads the feeds is told which of them changed, so that a refresh need not wait for its minute. Once a
-- statement, never once a row; equal messages of one transaction are one, sent when it commits. A message may be lost
-- (nobody listens): the minute's schedule finds the rows all the same.

CREATE FUNCTION registry.tell_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('mcc_feed', TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- Every table that is stamped is a feed.
DO $$
DECLARE feed name;
BEGIN
    FOR feed IN
        SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'registry' AND t.tgname = 'stamp'
    LOOP
        EXECUTE format('CREATE TRIGGER tell AFTER INSERT OR UPDATE ON registry.%I FOR EACH STATEMENT '
                       'EXECUTE FUNCTION registry.tell_feed()', feed);
    END LOOP;
END $$;
