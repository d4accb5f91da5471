-- Projects, each with one bucket, and who may do what in them.

CREATE TABLE project (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
        CONSTRAINT project_name_key UNIQUE
        CONSTRAINT project_name_shape CHECK (name ~ '^\S{3,100}$'),
    description text CHECK (char_length(description) <= 1000),
    bucket_name text NOT NULL
        CONSTRAINT project_bucket_name_key UNIQUE
        CONSTRAINT project_bucket_name_shape CHECK (bucket_name ~ '^\S{3,63}$'),
    is_active boolean NOT NULL DEFAULT true,
    is_deleted boolean NOT NULL DEFAULT false,
    storage_quota_bytes bigint NOT NULL CHECK (storage_quota_bytes >= 0),
    storage_used_bytes bigint NOT NULL DEFAULT 0 CHECK (storage_used_bytes >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT project_not_active_and_deleted CHECK (NOT (is_active AND is_deleted))
);

CREATE TRIGGER project_touch BEFORE UPDATE ON project
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE project_membership (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES app_user ON DELETE CASCADE,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('read', 'query', 'edit', 'manage')),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT project_membership_once UNIQUE (user_id, project_id)
);
CREATE INDEX project_membership_project ON project_membership (project_id);

-- Named, immutable snapshots of a project's files: key -> {version_id, etag, size}.

CREATE TABLE project_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES project ON DELETE CASCADE,
    name text NOT NULL
        CONSTRAINT project_version_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    description text
        CONSTRAINT project_version_description_length CHECK (char_length(description) <= 500),
    files jsonb NOT NULL CHECK (jsonb_typeof(files) = 'object' AND files <> '{}'),
    -- For audit; the snapshot outlives the account.
    user_id bigint REFERENCES app_user ON DELETE SET NULL,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- Soft-deleted ones count: their name can be restored.
    CONSTRAINT project_version_name_once UNIQUE (project_id, name)
);

CREATE FUNCTION project_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.files IS DISTINCT FROM OLD.files OR NEW.created_at <> OLD.created_at THEN
        RAISE EXCEPTION 'project version % is immutable', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_version_immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER project_version_guard BEFORE UPDATE ON project_version
    FOR EACH ROW EXECUTE FUNCTION project_version_guard();
