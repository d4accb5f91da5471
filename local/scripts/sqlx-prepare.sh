#!/bin/sh
# Writes .sqlx, the committed results of checking every query against the schema: what
# `cargo sqlx prepare` does, without that tool. Runs below `with-stack`.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

# The migrations are applied by psql, not by our own program: that one does not compile
# while .sqlx lacks a query that somebody has just written.
psql=$(cat .local/postgres-bindir)/psql
[ -x "$psql" ] || psql=psql
for migration in migrations/*.sql; do
    [ -e "$migration" ] || continue
    "$psql" --quiet --no-psqlrc --set ON_ERROR_STOP=1 --single-transaction \
        --file "$migration" "$DIVBASE_TEST_POSTGRES_URL"
done

# What our program notes of them, which a query reads.
"$psql" --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$DIVBASE_TEST_POSTGRES_URL" --command \
    'CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, success boolean NOT NULL)'

# Queries are written as their macros are expanded, so every one has to be compiled
# again, into an empty folder: what no query asks for any more must not stay.
fresh=$(mktemp -d "$root/.local/sqlx.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
find shared/db -name '*.rs' -exec touch {} +
DATABASE_URL=$DIVBASE_TEST_POSTGRES_URL SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$fresh \
    cargo check -q -p divbase-db --all-targets

rm -rf .sqlx
mkdir .sqlx
if [ -n "$(ls -A "$fresh")" ]; then
    cp "$fresh"/*.json .sqlx/
fi
printf 'sqlx-prepare: %s queries in .sqlx\n' "$(ls .sqlx | wc -l | tr -d ' ')" >&2
