-- Projects that will be deleted. Until then they are closed, and the deletion can be taken back.

CREATE TABLE project_deletion (
    project_id bigint PRIMARY KEY REFERENCES project ON DELETE CASCADE,
    asked_by bigint REFERENCES app_user ON DELETE SET NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    -- Whether it was open, and is again if the deletion is taken back.
    was_active boolean NOT NULL,
    -- Since then its files are being destroyed, and nothing can be taken back.
    begun_at timestamptz
);
CREATE INDEX project_deletion_due ON project_deletion (due_at);
CREATE INDEX project_deletion_asked_by ON project_deletion (asked_by);

-- A project that waits for its deletion is opened by taking that back, and in no other way.
CREATE FUNCTION project_deletion_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_active AND EXISTS (SELECT 1 FROM project_deletion d WHERE d.project_id = NEW.id) THEN
        RAISE EXCEPTION 'project % waits for its deletion', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'project_waits_for_deletion';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER project_deletion_guard BEFORE UPDATE OF is_active ON project
    FOR EACH ROW EXECUTE FUNCTION project_deletion_guard();
