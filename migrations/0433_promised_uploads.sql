-- Bytes that may have come into a project since they were last counted: those of each upload that was allowed. A count takes
-- away what was promised before it began.

CREATE TABLE promised_upload (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    bytes bigint NOT NULL CHECK (bytes > 0),
    -- Of an upload in parts.
    upload_id text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX promised_upload_project ON promised_upload (project_id, created_at);
CREATE INDEX promised_upload_upload ON promised_upload (project_id, upload_id) WHERE upload_id IS NOT NULL;
