-- A second factor of an account (RFC 6238). It asks for nothing until its owner has confirmed that their app has the secret,
-- which is sealed by a key that the database does not have. A step counts once.
CREATE TABLE second_factor (
    user_id bigint PRIMARY KEY REFERENCES app_user ON DELETE CASCADE,
    sealed_secret bytea NOT NULL CHECK (octet_length(sealed_secret) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0
);

-- Codes that stand in for a lost app, once each: a row is deleted when it is used.
CREATE TABLE recovery_code (
    user_id bigint NOT NULL REFERENCES second_factor ON DELETE CASCADE,
    code_sha256 text NOT NULL CHECK (char_length(code_sha256) = 64),
    PRIMARY KEY (user_id, code_sha256)
);
