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
