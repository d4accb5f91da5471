#!/bin/sh
# import-public.sh FROM_URL TO_URL [--dry-run]: takes over users, projects, members and snapshots of public DivBase. FROM_URL is a
# database into which its dump was restored, TO_URL that of this DivBase, migrated, as the role that owns the schema. Buckets and
# files stay where they are. Prints how much there is afterwards, and what was left out and why. With --dry-run nothing is kept.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
from=$1 to=$2
end=COMMIT
[ "${3:-}" != --dry-run ] || end=ROLLBACK
psql=${PSQL:-psql}

rows=$(mktemp -d)
trap 'rm -rf "$rows"' EXIT

# What is read, and nothing else: a table of theirs may have more columns.
take() {
    "$psql" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --command "COPY (SELECT $2) TO STDOUT" "$from" >"$rows/$1"
}
take user 'id, name, email, hashed_password, organisation, organisation_role, is_admin, is_active, is_deleted, email_verified, date_deleted, last_password_change, created_at FROM "user"'
take project 'id, name, description, bucket_name, is_active, is_deleted, storage_quota_bytes, storage_used_bytes, created_at FROM project'
take membership 'user_id, project_id, role::text, created_at FROM project_membership'
take version 'name, description, files, is_deleted, date_deleted, project_id, user_id, created_at, updated_at FROM project_version'

"$psql" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --no-align --tuples-only "$to" <<SQL
BEGIN;
CREATE TEMPORARY TABLE from_user (id bigint, name text, email text, hashed_password text, organisation text, organisation_role text,
    is_admin boolean, is_active boolean, is_deleted boolean, email_verified boolean, date_deleted timestamptz,
    last_password_change timestamptz, created_at timestamptz) ON COMMIT DROP;
CREATE TEMPORARY TABLE from_project (id bigint, name text, description text, bucket_name text, is_active boolean, is_deleted boolean,
    storage_quota_bytes bigint, storage_used_bytes bigint, created_at timestamptz) ON COMMIT DROP;
CREATE TEMPORARY TABLE from_membership (user_id bigint, project_id bigint, role text, created_at timestamptz) ON COMMIT DROP;
CREATE TEMPORARY TABLE from_version (name text, description text, files jsonb, is_deleted boolean, date_deleted timestamptz,
    project_id bigint, user_id bigint, created_at timestamptz, updated_at timestamptz) ON COMMIT DROP;
\\copy from_user FROM '$rows/user'
\\copy from_project FROM '$rows/project'
\\copy from_membership FROM '$rows/membership'
\\copy from_version FROM '$rows/version'
\\i '$here/public-divbase.sql'
SELECT format('%s users, %s projects, %s members, %s snapshots', (SELECT count(*) FROM app_user), (SELECT count(*) FROM project),
              (SELECT count(*) FROM project_membership), (SELECT count(*) FROM project_version));
SELECT format('left out: %s %s: %s', what, which, why) FROM left_out ORDER BY what, which;
$end;
SQL
