-- The results of queries, so that the same plan over the same versions is answered once. A row outlives its task.
CREATE TABLE query_result (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    task_id bigint NOT NULL,
    -- SHA-256 of the plan.
    plan_digest bytea NOT NULL CHECK (octet_length(plan_digest) = 32),
    object_key text NOT NULL,
    version_id text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    -- SHA-256 of the object.
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    record_count bigint NOT NULL CHECK (record_count >= 0),
    sample_count bigint NOT NULL CHECK (sample_count >= 0),
    engine text NOT NULL,
    -- What the engine met in the records that users should know, so that a copy tells it too.
    warnings text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT query_result_once UNIQUE (project_id, task_id)
);
CREATE INDEX query_result_plan ON query_result (project_id, plan_digest, id DESC);
