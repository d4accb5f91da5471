-- How often something was tried that anybody may try: a sliding window for each subject. Unlogged, because what is
-- forgotten by a crash does no harm.
CREATE UNLOGGED TABLE attempt (
    subject text NOT NULL CHECK (char_length(subject) <= 200),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX attempt_recent ON attempt (subject, at);
CREATE INDEX attempt_at ON attempt (at);

-- Notes an attempt at all these subjects, unless one of them has had its number within its seconds; then none is noted.
-- Gives the seconds to wait, 0 if it was noted. What is refused does not count, so that the wait ends however often is
-- asked meanwhile.
CREATE FUNCTION note_attempt(subjects text[], most integer[], seconds integer[]) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    i integer;
    noted bigint;
    oldest timestamptz;
    wait integer := 0;
BEGIN
    -- In one order, so that two of these cannot wait for each other.
    FOR i IN SELECT s.i FROM generate_subscripts(subjects, 1) AS s(i) ORDER BY subjects[s.i] LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended(subjects[i], 0));
        SELECT count(*), min(recent.at) INTO noted, oldest FROM (
            SELECT a.at FROM attempt a
            WHERE a.subject = subjects[i] AND a.at > clock_timestamp() - make_interval(secs => seconds[i])
            ORDER BY a.at DESC LIMIT most[i]
        ) recent;
        IF noted >= most[i] THEN
            wait := greatest(wait, 1,
                             seconds[i] - floor(extract(epoch FROM clock_timestamp() - oldest))::integer);
        END IF;
    END LOOP;
    IF wait = 0 THEN
        INSERT INTO attempt (subject) SELECT unnest(subjects);
    END IF;
    RETURN wait;
END $$;

-- Network addresses from which somebody has logged in. Strangers cannot keep them out there.
CREATE TABLE known_address (
    user_id bigint NOT NULL REFERENCES app_user ON DELETE CASCADE,
    address text NOT NULL CHECK (char_length(address) <= 60),
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, address)
);
