#!/bin/sh
# Prepares what `make test-clients` needs beside what `make test` does:
#   .local/readers           a venv with the htsget client and pysam (readers-requirements.txt)
#   .local/web               Chromium and playwright, see web.sh
#   .local/genome            igv.js and the readers of JBrowse, as tests/clients/package-lock.json pins them
# Once done it costs a few milliseconds.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
genome="$root/.local/genome"
lock="$root/tests/clients/package-lock.json"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

"$here/web.sh"

"$here/venv.sh" readers readers "the htsget client and pysam"

if ! { [ -d "$genome/node_modules/igv" ] && cmp -s "$lock" "$genome/package-lock.json"; }; then
    say "installing igv.js and the readers of JBrowse into .local/genome"
    mkdir -p "$genome"
    cp "$root/tests/clients/package.json" "$lock" "$genome/"
    (cd "$genome" && npm ci --silent --no-audit --no-fund </dev/null >&2) || fail "npm could not install them (see above)."
fi
