-- Links by which people without an account read one file or one folder of a project.

CREATE TABLE share_link (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    token_sha256 text NOT NULL
        CONSTRAINT share_link_token_once UNIQUE
        CONSTRAINT share_link_token_shape CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
    -- The key of a file, or a folder with its last slash.
    path text NOT NULL
        CONSTRAINT share_link_path_length CHECK (octet_length(path) BETWEEN 1 AND 1024),
    -- For the list; the link outlives the account.
    made_by bigint REFERENCES app_user ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX share_link_project ON share_link (project_id, id) WHERE revoked_at IS NULL;
CREATE INDEX share_link_made_by ON share_link (made_by);
