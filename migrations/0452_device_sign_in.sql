-- Programs that wait to be signed in by their user in a browser (RFC 8628). Of the codes only digests are kept; that of the
-- short one, which people type, is keyed. A row is deleted when the program has its answer, or by the hourly purge.
CREATE TABLE device_sign_in (
    device_sha256 text PRIMARY KEY CHECK (char_length(device_sha256) = 64),
    user_code_digest text NOT NULL UNIQUE CHECK (char_length(user_code_digest) = 64),
    -- What the program calls itself, and the network address from which it asks.
    program text NOT NULL CHECK (char_length(program) BETWEEN 1 AND 100),
    address text NOT NULL CHECK (char_length(address) <= 60),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused')),
    user_id bigint REFERENCES app_user ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    -- When the program last asked, and how long it has to wait between two questions, seconds.
    polled_at timestamptz,
    wait_seconds integer NOT NULL CHECK (wait_seconds BETWEEN 1 AND 60),
    CONSTRAINT device_sign_in_approved CHECK ((state = 'approved') = (user_id IS NOT NULL))
);
CREATE INDEX device_sign_in_expires_at ON device_sign_in (expires_at);
CREATE INDEX device_sign_in_user ON device_sign_in (user_id);
