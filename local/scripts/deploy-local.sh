#!/bin/sh
# Deploys the template into the emulator of `with-stack` and runs a command against it:
# `with-stack -- deploy-local.sh COMMAND…`. The command finds the API by DIVBASE_API_URL, the
# administrator by FIRST_ADMIN_EMAIL and FIRST_ADMIN_PASSWORD, the zips by DIVBASE_ZIPS, and where each role's calls are let
# through or refused by DIVBASE_BORDER. It fails if the command does, or if a function was refused anything.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

FIRST_ADMIN_EMAIL=admin@divbase.local
FIRST_ADMIN_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
DIVBASE_ZIPS=${DIVBASE_ZIPS:-${CARGO_TARGET_DIR:-target}/lambda}
# Tests run in the folder of their package.
case $DIVBASE_ZIPS in /*) ;; *) DIVBASE_ZIPS=$root/$DIVBASE_ZIPS ;; esac
mkdir -p .local
DIVBASE_BORDER_LOG=$(mktemp .local/border-XXXXXX)
trap 'rm -f "$DIVBASE_BORDER_LOG"' EXIT
DIVBASE_BORDER_LOG=$root/$DIVBASE_BORDER_LOG
export FIRST_ADMIN_EMAIL FIRST_ADMIN_PASSWORD DIVBASE_ZIPS DIVBASE_BORDER_LOG
outputs=$(.local/venv/bin/python infra/deploy_local.py "$DIVBASE_ZIPS" "$DIVBASE_TEST_POSTGRES_URL")
of() { printf '%s' "$outputs" | .local/venv/bin/python -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
DIVBASE_API_URL=$(of LocalApiUrl)/api
DIVBASE_BORDER=$(of Border)
export DIVBASE_API_URL DIVBASE_BORDER
"$@"
# What a test asks for in order to be refused is named so.
if grep '"granted": false' "$DIVBASE_BORDER_LOG" | grep -v refused-on-purpose >&2; then
    echo "deploy-local: a function asked for what its role does not grant (above)" >&2
    exit 1
fi
printf 'deploy-local: %d calls of the functions, all of them granted by their roles\n' "$(grep -c '"granted": true' "$DIVBASE_BORDER_LOG")" >&2
