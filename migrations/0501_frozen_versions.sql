-- Project versions that nobody can change or delete any more.

ALTER TABLE project_version ADD COLUMN frozen_at timestamptz
    CONSTRAINT project_version_frozen_is_live CHECK (frozen_at IS NULL OR deleted_at IS NULL);

CREATE OR REPLACE FUNCTION project_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.files IS DISTINCT FROM OLD.files OR NEW.created_at <> OLD.created_at THEN
        RAISE EXCEPTION 'project version % is immutable', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_version_immutable';
    END IF;
    -- An account that goes is no change of the version.
    IF OLD.frozen_at IS NOT NULL
       AND (NEW.name, NEW.description, NEW.project_id, NEW.deleted_at, NEW.updated_at, NEW.frozen_at)
           IS DISTINCT FROM
           (OLD.name, OLD.description, OLD.project_id, OLD.deleted_at, OLD.updated_at, OLD.frozen_at) THEN
        RAISE EXCEPTION 'project version % is frozen', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_version_frozen';
    END IF;
    RETURN NEW;
END $$;
