-- Accounts, and the tokens that must be refused although they are well signed.

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE TABLE app_user (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CONSTRAINT app_user_name_length CHECK (char_length(name) BETWEEN 3 AND 100),
    email text NOT NULL
        CONSTRAINT app_user_email_key UNIQUE
        CONSTRAINT app_user_email_lower CHECK (email = lower(email))
        CONSTRAINT app_user_email_length CHECK (char_length(email) <= 50),
    organisation text NOT NULL CHECK (char_length(organisation) <= 200),
    organisation_role text NOT NULL CHECK (char_length(organisation_role) <= 100),
    password_hash text NOT NULL,
    is_admin boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT true,
    is_deleted boolean NOT NULL DEFAULT false,
    email_verified boolean NOT NULL DEFAULT false,
    deleted_at timestamptz,
    last_password_change timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT app_user_not_active_and_deleted CHECK (NOT (is_active AND is_deleted)),
    CONSTRAINT app_user_deleted_at CHECK (is_deleted = (deleted_at IS NOT NULL))
);

CREATE TRIGGER app_user_touch BEFORE UPDATE ON app_user
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE revoked_token (
    jti uuid PRIMARY KEY,
    token_type text NOT NULL CHECK (token_type IN ('refresh_token', 'password_reset')),
    reason text NOT NULL CHECK (reason IN ('logout', 'token_used', 'manual_revoke')),
    user_id bigint REFERENCES app_user ON DELETE CASCADE,
    revoked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX revoked_token_revoked_at ON revoked_token (revoked_at);

CREATE TABLE personal_access_token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES app_user ON DELETE CASCADE,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    description text CHECK (char_length(description) <= 500),
    token_sha256 text NOT NULL UNIQUE CHECK (char_length(token_sha256) = 64),
    permissions jsonb NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX personal_access_token_live_name
    ON personal_access_token (user_id, name) WHERE revoked_at IS NULL;
