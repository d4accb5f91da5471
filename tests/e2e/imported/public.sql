-- A small database as public DivBase leaves it: its tables, as far as they are taken over, and one that is not.
CREATE TYPE projectroles AS ENUM ('READ', 'QUERY', 'EDIT', 'MANAGE');

CREATE TABLE "user" (
    id serial PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
    name varchar(100) NOT NULL, email varchar(50) NOT NULL UNIQUE, hashed_password varchar(128) NOT NULL,
    organisation varchar(200) NOT NULL, organisation_role varchar(100) NOT NULL, is_admin boolean NOT NULL,
    is_active boolean NOT NULL, is_deleted boolean NOT NULL, email_verified boolean NOT NULL, date_deleted timestamptz,
    last_password_change timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE project (
    id serial PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
    name varchar(100) NOT NULL UNIQUE, description varchar(1000), bucket_name varchar(63) NOT NULL UNIQUE,
    is_active boolean NOT NULL, is_deleted boolean NOT NULL, storage_quota_bytes bigint NOT NULL, storage_used_bytes bigint NOT NULL
);
CREATE TABLE project_membership (
    id serial PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
    user_id int NOT NULL REFERENCES "user" ON DELETE CASCADE, project_id int NOT NULL REFERENCES project ON DELETE CASCADE,
    role projectroles NOT NULL, UNIQUE (user_id, project_id)
);
CREATE TABLE project_version (
    id serial PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
    name varchar(100) NOT NULL, description varchar(500), files jsonb NOT NULL, is_deleted boolean NOT NULL, date_deleted timestamptz,
    project_id int NOT NULL REFERENCES project ON DELETE CASCADE, user_id int REFERENCES "user" ON DELETE SET NULL,
    UNIQUE (name, project_id)
);
CREATE TABLE queue_status (id int PRIMARY KEY CHECK (id = 1), is_closed boolean NOT NULL);

-- The password is `korrekt häst batteri`, hashed by pwdlib 0.2 as public DivBase does it.
INSERT INTO "user" (id, name, email, hashed_password, organisation, organisation_role, is_admin, is_active, is_deleted, email_verified,
                    date_deleted)
SELECT id, name, email, '$argon2id$v=19$m=65536,t=3,p=4$mqZ7frmepqZPyw444XDnbA$UDldLZtDCB8dh7tImOnvWj7EAW6ibGzgkpM8IgB2mFc',
       'SciLifeLab', 'Researcher', is_admin, NOT is_deleted, is_deleted, true, CASE WHEN is_deleted THEN now() END
FROM (VALUES (11, 'Linnéa Öberg', 'linnea@example.org', false, false), (12, 'Sten Sture', 'sten@example.org', true, false),
             (13, 'Gone Away', 'gone@example.org', false, true), (14, 'Bo', 'bo@example.org', false, false))
     AS people (id, name, email, is_admin, is_deleted);

INSERT INTO project (id, name, description, bucket_name, is_active, is_deleted, storage_quota_bytes, storage_used_bytes)
VALUES (21, 'herring', 'Sill i Östersjön', 'divbase-herring', true, false, 1000000000, 500),
       (22, 'old', NULL, 'divbase-old', false, true, 1000, 0),
       (23, 'with blanks', NULL, 'divbase-blanks', true, false, 1000, 0);

INSERT INTO project_membership (user_id, project_id, role)
VALUES (11, 21, 'EDIT'), (12, 21, 'MANAGE'), (13, 21, 'READ'), (14, 21, 'READ'), (11, 23, 'QUERY');

INSERT INTO project_version (name, description, files, is_deleted, date_deleted, project_id, user_id, created_at)
VALUES ('v1', 'first', '{"a.vcf.gz": {"version_id": "x1", "etag": "d41d8cd98f00b204e9800998ecf8427e", "size": 17}}', false, NULL, 21, 11,
        '2026-01-02T03:04:05Z'),
       ('v0', NULL, '{"a.vcf.gz": {"version_id": "x0", "etag": "d41d8cd98f00b204e9800998ecf8427e", "size": 16}}', true, now(), 21, NULL,
        '2026-01-01T03:04:05Z');
