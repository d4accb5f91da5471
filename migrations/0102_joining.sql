-- How people join: invitations, and passwords that are set by a one-time token. Of a token only its SHA-256 is kept.

-- Tokens of an account name its generation. A new one ends all sessions at once.
ALTER TABLE app_user ADD COLUMN token_generation integer NOT NULL DEFAULT 0;

CREATE TABLE invitation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL CHECK (email = lower(email)) CHECK (char_length(email) <= 50),
    token_sha256 text NOT NULL UNIQUE CHECK (char_length(token_sha256) = 64),
    is_admin boolean NOT NULL DEFAULT false,
    project_id bigint REFERENCES project ON DELETE CASCADE,
    role text CHECK (role IN ('read', 'query', 'edit', 'manage')),
    -- An invitation of somebody who may no longer invite is void.
    invited_by bigint NOT NULL REFERENCES app_user ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT invitation_role_with_project CHECK ((project_id IS NULL) = (role IS NULL)),
    CONSTRAINT invitation_project_or_admin CHECK (NOT (is_admin AND project_id IS NOT NULL))
);
-- Inviting again replaces the token. An invitation that was accepted is deleted.
CREATE UNIQUE INDEX invitation_once ON invitation (email, coalesce(project_id, 0));
CREATE INDEX invitation_project ON invitation (project_id);
CREATE INDEX invitation_invited_by ON invitation (invited_by);

CREATE TABLE password_reset (
    user_id bigint PRIMARY KEY REFERENCES app_user ON DELETE CASCADE,
    token_sha256 text NOT NULL UNIQUE CHECK (char_length(token_sha256) = 64),
    expires_at timestamptz NOT NULL
);

-- Buckets of projects that are being made: written before the bucket, deleted with the project's row. What is left
-- of a creation that was interrupted is found here.
CREATE TABLE unfinished_bucket (
    bucket_name text PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now()
);
