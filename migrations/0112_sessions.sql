-- Sessions, so that their owner sees and ends them, and so that a refresh token that was replaced and comes back ends its
-- session. Tokens from before this migration have no session; they end by themselves within a week.
CREATE TABLE session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES app_user ON DELETE CASCADE,
    -- Of the refresh token that is good now.
    jti uuid NOT NULL UNIQUE,
    generation integer NOT NULL,
    address text NOT NULL CHECK (char_length(address) <= 60),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);

-- Refresh tokens that were replaced.
CREATE TABLE session_spent (
    jti uuid PRIMARY KEY,
    session_id bigint NOT NULL REFERENCES session ON DELETE CASCADE,
    spent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_spent_session ON session_spent (session_id);
