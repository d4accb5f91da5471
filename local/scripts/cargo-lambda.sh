#!/bin/sh
# The functions by cargo-lambda alone, as docs/operations.md tells: watch, invoke, build, deploy --dry. Runs below `with-stack`, which has
# the database; messages go through it too. Needs `make tools` to have run.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
PATH="$root/.local/tools/bin:$PATH"
export PATH SQLX_OFFLINE=true
fail() { echo "cargo-lambda: $*" >&2; [ ! -f "$log" ] || tail -n 30 "$log" >&2; exit 1; }

# What the template sets.
export DATABASE_URL="$DIVBASE_TEST_POSTGRES_URL" QUEUE_TRANSPORT=postgres LOG_LEVEL=warn
export JWT_SECRET_KEY=only-for-this-run-and-long-enough-for-the-rule FIRST_ADMIN_EMAIL=admin@example.org FIRST_ADMIN_PASSWORD='heron lake fog 71'

port=$(.local/venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
log=$(mktemp)
# Its own choice of address is every one of this machine.
cargo lambda watch --ignore-changes --invoke-address 127.0.0.1 --invoke-port "$port" >"$log" 2>&1 &
watch=$!
trap 'kill "$watch" 2>/dev/null; wait "$watch" 2>/dev/null || true; rm -f "$log"' EXIT
invoke() { cargo lambda invoke "$1" --invoke-address 127.0.0.1 --invoke-port "$port" --data-ascii "$2"; }

# The first call builds the function.
tries=0
until migrated=$(invoke migrate '{}' 2>&1); do
    tries=$((tries + 1))
    kill -0 "$watch" 2>/dev/null || fail "watch has ended"
    [ "$tries" -lt 300 ] || fail "migrate does not answer: $migrated"
    sleep 1
done
case $migrated in *'"status":"migrated"'*) ;; *) fail "migrate answered $migrated" ;; esac
echo "invoke migrate: $migrated"
facts=$(invoke cron '{"job":"facts"}') || fail "cron answered $facts"
case $facts in *'"accounts":1'*) ;; *) fail "cron answered $facts" ;; esac
echo "invoke cron: $facts"
health=$(curl --silent --show-error --fail --max-time 300 "http://127.0.0.1:$port/lambda-url/api/api/v1/core/health") || fail "no health"
echo "GET /lambda-url/api/api/v1/core/health: $health"

# What would be uploaded, as JSON; nothing is.
zips=$(mktemp -d)
trap 'kill "$watch" 2>/dev/null; wait "$watch" 2>/dev/null || true; rm -rf "$log" "$zips"' EXIT
cargo lambda build --compiler cargo --lambda-dir "$zips" --bin migrate </dev/null
[ -x "$zips/migrate/bootstrap" ] || fail "build made no program"
dry=$(AWS_REGION=eu-north-1 cargo lambda deploy --dry --lambda-dir "$zips" --binary-name migrate --output-format json divbase-dev-migrate) ||
    fail "deploy --dry answered $dry"
case $dry in *bootstrap*) ;; *) fail "deploy --dry answered $dry" ;; esac
echo "deploy --dry: $dry"
