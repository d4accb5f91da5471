#!/bin/sh
# Deploys the template into the emulator of `with-stack` and runs a command against it:
# `with-stack -- deploy-local.sh COMMAND…`. The command finds the API by DIVBASE_API_URL, and the
# administrator by FIRST_ADMIN_EMAIL and FIRST_ADMIN_PASSWORD.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

FIRST_ADMIN_EMAIL=admin@divbase.local
FIRST_ADMIN_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export FIRST_ADMIN_EMAIL FIRST_ADMIN_PASSWORD
outputs=$(.local/venv/bin/python infra/deploy_local.py \
    "${CARGO_TARGET_DIR:-target}/lambda" "$DIVBASE_TEST_POSTGRES_URL")
DIVBASE_API_URL=$(printf '%s' "$outputs" | sed -n 's/.*"LocalApiUrl": "\(.*\)".*/\1/p')/api
export DIVBASE_API_URL
"$@"
