-- Who did what to whom, when and from where. Written in the transaction of what it tells, and never changed: what is a
-- year old may be deleted, nothing else. Addresses and names are kept as they were, and there are no foreign keys, so
-- that an entry outlives what it is about.
CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    action text NOT NULL CHECK (char_length(action) BETWEEN 1 AND 50),
    -- Nobody: the service itself.
    actor_id bigint,
    actor_email text,
    -- Whom it was done to.
    user_id bigint,
    user_email text,
    project_id bigint,
    project_name text,
    detail jsonb NOT NULL DEFAULT '{}'
        CONSTRAINT audit_entry_detail CHECK (jsonb_typeof(detail) = 'object' AND length(detail::text) <= 10000),
    address text CHECK (char_length(address) <= 60),
    request_id text CHECK (char_length(request_id) <= 100)
);
CREATE INDEX audit_entry_project ON audit_entry (project_id, id);
CREATE INDEX audit_entry_at ON audit_entry (at);

CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '1 year' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_entry_append_only';
END $$;
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard();
-- A statement's trigger has no OLD: nothing is emptied at once.
CREATE FUNCTION audit_entry_guard_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'audit_entry_append_only';
END $$;
CREATE TRIGGER audit_entry_guard_all BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard_all();
