-- The two roles that log in to the database beside the master: one owns the schema and changes it, the other works on its rows.
-- Run once, as the master, before the first deployment; running it again changes nothing. One statement, because the Data API of
-- Aurora takes no more. Both log in by tokens of IAM where there are such tokens.
DO $$
DECLARE
    worker text;
BEGIN
    FOREACH worker IN ARRAY ARRAY['divbase_migrate', 'divbase_run'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = worker) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', worker);
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
            EXECUTE format('GRANT rds_iam TO %I', worker);
        END IF;
    END LOOP;
    -- What is granted in a role's name takes a member of it.
    GRANT divbase_migrate TO CURRENT_USER;
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA public TO divbase_migrate;
    GRANT USAGE ON SCHEMA public TO divbase_run;
    ALTER DEFAULT PRIVILEGES FOR ROLE divbase_migrate IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO divbase_run;
    ALTER DEFAULT PRIVILEGES FOR ROLE divbase_migrate IN SCHEMA public
        GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO divbase_run;
END
$$;
