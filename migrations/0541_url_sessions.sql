-- URLs of the store may be signed by sessions of a role, so that they can be ended. Each membership, each link and each public
-- project has the number of its session. Where what it stands for ends, or a role gets less, the number is noted here, another
-- one is taken, and a task has the bucket refuse what sessions of the old one signed.

CREATE SEQUENCE url_session;

ALTER TABLE project_membership ADD COLUMN url_session bigint NOT NULL DEFAULT nextval('url_session');
ALTER TABLE share_link ADD COLUMN url_session bigint NOT NULL DEFAULT nextval('url_session');
-- Of everybody, while the project is public.
ALTER TABLE project ADD COLUMN url_session bigint NOT NULL DEFAULT nextval('url_session');

CREATE TABLE ended_url_session (
    url_session bigint PRIMARY KEY,
    -- No reference: a project that is deleted ends its memberships in the same statement.
    project_id bigint NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT now(),
    -- When the bucket was told.
    refused_at timestamptz
);
CREATE INDEX ended_url_session_project ON ended_url_session (project_id);
CREATE INDEX ended_url_session_at ON ended_url_session (ended_at);

-- Before a row goes, or keeps its place with less: note its session, and let it have another one.
CREATE FUNCTION end_url_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ended_url_session (url_session, project_id)
    VALUES (OLD.url_session, (CASE TG_TABLE_NAME WHEN 'project' THEN to_jsonb(OLD) ->> 'id' ELSE to_jsonb(OLD) ->> 'project_id' END)::bigint)
    ON CONFLICT DO NOTHING;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.url_session = nextval('url_session');
    RETURN NEW;
END $$;

CREATE TRIGGER membership_ends BEFORE DELETE ON project_membership
    FOR EACH ROW EXECUTE FUNCTION end_url_session();
CREATE TRIGGER membership_gets_less BEFORE UPDATE OF role ON project_membership
    FOR EACH ROW WHEN (array_position('{read,query,edit,manage}'::text[], NEW.role)
                       < array_position('{read,query,edit,manage}'::text[], OLD.role))
    EXECUTE FUNCTION end_url_session();
CREATE TRIGGER share_link_ends BEFORE UPDATE OF revoked_at ON share_link
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
    EXECUTE FUNCTION end_url_session();
CREATE TRIGGER project_gets_private BEFORE UPDATE OF is_public, is_active ON project
    FOR EACH ROW WHEN ((OLD.is_public AND NOT NEW.is_public) OR (OLD.is_active AND NOT NEW.is_active))
    EXECUTE FUNCTION end_url_session();

-- All of an account that is turned off, and of a project that is closed.
CREATE FUNCTION end_url_sessions_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'app_user' THEN
        INSERT INTO ended_url_session (url_session, project_id)
        SELECT url_session, project_id FROM project_membership WHERE user_id = NEW.id ON CONFLICT DO NOTHING;
        UPDATE project_membership SET url_session = nextval('url_session') WHERE user_id = NEW.id;
    ELSE
        INSERT INTO ended_url_session (url_session, project_id)
        SELECT url_session, project_id FROM project_membership WHERE project_id = NEW.id
        UNION ALL SELECT url_session, project_id FROM share_link WHERE project_id = NEW.id AND revoked_at IS NULL
        ON CONFLICT DO NOTHING;
        UPDATE project_membership SET url_session = nextval('url_session') WHERE project_id = NEW.id;
        UPDATE share_link SET url_session = nextval('url_session') WHERE project_id = NEW.id AND revoked_at IS NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER account_is_turned_off AFTER UPDATE OF is_active ON app_user
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION end_url_sessions_of();
CREATE TRIGGER project_is_closed AFTER UPDATE OF is_active ON project
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION end_url_sessions_of();
