#!/bin/sh
# Prepares .local/schema: schemathesis, which `make test-schema` asks the API with (see schema-requirements.txt).
# Needs setup.sh to have run. Costs a few milliseconds once done.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv="$root/.local/schema"
stamp="$venv/installed"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The venv depends on its place (scripts in it hold absolute paths) and on the list.
fingerprint() {
    printf '%s\n' "$venv"
    cat "$here/schema-requirements.txt"
}

if [ -f "$stamp" ] && fingerprint | cmp -s - "$stamp"; then
    exit 0
fi
say "installing schemathesis into .local/schema"
rm -rf "$venv"
"$root/.local/venv/bin/python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    --no-deps --prefer-binary -r "$here/schema-requirements.txt" </dev/null >&2 ||
    fail "pip could not install the packages of local/scripts/schema-requirements.txt (see above)."
"$venv/bin/python" -m pip check --disable-pip-version-check >&2 ||
    fail "the list of packages in local/scripts/schema-requirements.txt is not complete (see above)."
fingerprint >"$stamp"
