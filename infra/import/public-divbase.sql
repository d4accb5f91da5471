-- Takes over users, projects, members and snapshots of public DivBase. Run by import-public.sh in one transaction, with the rows of its
-- database in the temporary tables from_user, from_project, from_membership and from_version. Running it again adds what is new.
-- Rows are found again by address, name of the project, and name of the snapshot, so that numbers need not agree.

CREATE TEMPORARY TABLE left_out (what text, which text, why text) ON COMMIT DROP;

INSERT INTO left_out
SELECT 'user', email, 'its name has fewer than 3 characters' FROM from_user WHERE char_length(name) < 3
UNION ALL
SELECT 'project', name, 'its name has blanks, or fewer than 3 characters' FROM from_project WHERE name !~ '^\S{3,100}$'
UNION ALL
SELECT 'project', p.name, 'another project has this bucket' FROM from_project p
    JOIN project ours ON ours.bucket_name = p.bucket_name AND ours.name <> p.name
UNION ALL
SELECT 'snapshot', v.name, 'it has no file' FROM from_version v WHERE v.files IS NULL OR v.files = '{}';

-- Passwords are Argon2 in the same notation, so they stay. Who was deleted there is taken over as deleted.
INSERT INTO app_user (name, email, organisation, organisation_role, password_hash, is_admin, is_active, is_deleted, deleted_at,
                      email_verified, last_password_change, created_at)
SELECT name, lower(email), organisation, organisation_role, hashed_password, is_admin, is_active AND NOT is_deleted, is_deleted,
       CASE WHEN is_deleted THEN coalesce(date_deleted, now()) END, email_verified, last_password_change, created_at
FROM from_user
WHERE char_length(name) >= 3
ON CONFLICT (email) DO NOTHING;

-- What is stored is counted anew by the next daily count.
INSERT INTO project (name, description, bucket_name, is_active, is_deleted, storage_quota_bytes, storage_used_bytes, created_at)
SELECT name, description, bucket_name, is_active AND NOT is_deleted, is_deleted, greatest(storage_quota_bytes, 0),
       greatest(storage_used_bytes, 0), created_at
FROM from_project
WHERE name NOT IN (SELECT which FROM left_out WHERE what = 'project')
ON CONFLICT (name) DO NOTHING;

INSERT INTO project_membership (user_id, project_id, role, created_at)
SELECT u.id, p.id, lower(m.role), m.created_at
FROM from_membership m
JOIN from_user fu ON fu.id = m.user_id
JOIN from_project fp ON fp.id = m.project_id
JOIN app_user u ON u.email = lower(fu.email)
JOIN project p ON p.name = fp.name AND p.bucket_name = fp.bucket_name
ON CONFLICT (user_id, project_id) DO NOTHING;

-- Files stay where they are: a snapshot names keys and versions of the project's bucket.
INSERT INTO project_version (project_id, name, description, files, user_id, deleted_at, created_at, updated_at)
SELECT p.id, v.name, v.description, v.files, u.id,
       CASE WHEN v.is_deleted THEN coalesce(v.date_deleted, now()) END, v.created_at, v.updated_at
FROM from_version v
JOIN from_project fp ON fp.id = v.project_id
JOIN project p ON p.name = fp.name AND p.bucket_name = fp.bucket_name
LEFT JOIN from_user fu ON fu.id = v.user_id
LEFT JOIN app_user u ON u.email = lower(fu.email)
WHERE v.files <> '{}'
ON CONFLICT (project_id, name) DO NOTHING;
