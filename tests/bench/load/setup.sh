#!/bin/sh
# Prepares .local/lean: FastAPI, uvicorn and asyncpg, which `make bench-load` measures against. Needs setup.sh to have
# run. Costs a few milliseconds once done.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
venv="$root/.local/lean"
[ -x "$venv/bin/uvicorn" ] && cmp -s "$here/lean/requirements.txt" "$venv/installed" && exit 0
rm -rf "$venv"
"$root/.local/venv/bin/python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    -r "$here/lean/requirements.txt" </dev/null >&2
cp "$here/lean/requirements.txt" "$venv/installed"
