#!/bin/sh
# Deploys the template into the emulator of `with-stack`, migrates, and runs a command against
# it: `with-stack -- deploy-local.sh COMMAND…`. Without a command it says where the API is and
# waits to be interrupted. The command finds the API by DIVBASE_API_URL.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

outputs=$(.local/venv/bin/python infra/deploy_local.py \
    "${CARGO_TARGET_DIR:-target}/lambda" "$DIVBASE_TEST_POSTGRES_URL")
DIVBASE_API_URL=$(printf '%s' "$outputs" | sed -n 's/.*"LocalApiUrl": "\(.*\)".*/\1/p')/api
export DIVBASE_API_URL
if [ $# -gt 0 ]; then
    "$@"
    exit
fi
printf 'The API of the deployed functions: %s\nPostgres: %s\nInterrupt (Ctrl-C) to stop.\n' \
    "$DIVBASE_API_URL" "$DIVBASE_TEST_POSTGRES_URL"
trap 'exit 0' INT TERM
while :; do sleep 3600 & wait $!; done
