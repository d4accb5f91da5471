-- Who somebody is to an identity provider, and which account that is here. A subject is never given to anybody else by its
-- issuer (OpenID Connect Core 1.0 §2); an address may be.
CREATE TABLE external_identity (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES app_user ON DELETE CASCADE,
    issuer text NOT NULL CHECK (char_length(issuer) BETWEEN 1 AND 300),
    subject text NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 255),
    -- The address that the provider gave last, so that the owner knows one identity from another.
    email text CHECK (char_length(email) <= 50),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT external_identity_once UNIQUE (issuer, subject)
);
CREATE INDEX external_identity_user ON external_identity (user_id);
