-- Projects that somebody asks for, where administrators decide about each.

CREATE TABLE project_request (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES app_user ON DELETE CASCADE,
    name text NOT NULL
        CONSTRAINT project_request_name_shape CHECK (name ~ '^\S{3,100}$'),
    description text CHECK (char_length(description) <= 1000),
    storage_quota_bytes bigint NOT NULL CHECK (storage_quota_bytes >= 0),
    -- Why it is needed.
    reason text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 1000),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'declined')),
    -- What the administrator says to who asked.
    answer text CHECK (char_length(answer) <= 1000),
    decided_by bigint REFERENCES app_user ON DELETE SET NULL,
    decided_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT project_request_decided CHECK ((state = 'waiting') = (decided_at IS NULL))
);
-- Names of others' requests are nobody's business: two may ask for one name, and one gets it.
CREATE UNIQUE INDEX project_request_once ON project_request (user_id, name) WHERE state = 'waiting';
CREATE INDEX project_request_user ON project_request (user_id);
CREATE INDEX project_request_waiting ON project_request (id) WHERE state = 'waiting';
CREATE INDEX project_request_decided_by ON project_request (decided_by);
