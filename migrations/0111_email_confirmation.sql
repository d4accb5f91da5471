-- An address that an account will have once somebody shows that they read its mail: the one that it registered with, or the
-- one that it is changed to. Of the token only its SHA-256 is kept.
CREATE TABLE email_confirmation (
    user_id bigint PRIMARY KEY REFERENCES app_user ON DELETE CASCADE,
    email text NOT NULL CHECK (email = lower(email)) CHECK (char_length(email) <= 50),
    token_sha256 text NOT NULL UNIQUE CHECK (char_length(token_sha256) = 64),
    expires_at timestamptz NOT NULL
);
