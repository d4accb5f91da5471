#!/bin/sh
# Prepares what `make test-clients` needs beside what `make test` does:
#   .local/readers           a venv with the htsget client and pysam (readers-requirements.txt)
#   .local/web               Chromium and playwright, see web.sh
#   .local/genome            igv.js and the readers of JBrowse, as tests/clients/package-lock.json pins them
# Once done it costs a few milliseconds.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv="$root/.local/readers"
stamp="$venv/installed"
genome="$root/.local/genome"
lock="$root/tests/clients/package-lock.json"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The venv depends on its place (scripts in it hold absolute paths) and on the list.
fingerprint() {
    printf '%s\n' "$venv"
    cat "$here/readers-requirements.txt"
}

"$here/web.sh"

if ! { [ -f "$stamp" ] && fingerprint | cmp -s - "$stamp"; }; then
    say "installing the htsget client and pysam into .local/readers"
    rm -rf "$venv"
    "$root/.local/venv/bin/python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --no-deps --prefer-binary -r "$here/readers-requirements.txt" </dev/null >&2 ||
        fail "pip could not install the packages of local/scripts/readers-requirements.txt (see above)."
    "$venv/bin/python" -m pip check --disable-pip-version-check >&2 ||
        fail "the list of packages in local/scripts/readers-requirements.txt is not complete (see above)."
    fingerprint >"$stamp"
fi

if ! { [ -d "$genome/node_modules/igv" ] && cmp -s "$lock" "$genome/package-lock.json"; }; then
    say "installing igv.js and the readers of JBrowse into .local/genome"
    mkdir -p "$genome"
    cp "$root/tests/clients/package.json" "$lock" "$genome/"
    (cd "$genome" && npm ci --silent --no-audit --no-fund </dev/null >&2) || fail "npm could not install them (see above)."
fi
