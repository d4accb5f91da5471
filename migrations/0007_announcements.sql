-- Messages of the operators to users.

CREATE TABLE announcement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    heading text NOT NULL CHECK (char_length(heading) <= 200),
    message text CHECK (char_length(message) <= 1000),
    target text NOT NULL DEFAULT 'both' CHECK (target IN ('both', 'cli', 'web')),
    level text NOT NULL DEFAULT 'info' CHECK (level IN ('info', 'success', 'warning', 'danger')),
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
