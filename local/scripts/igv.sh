#!/bin/sh
# Fetches igv.js, which the page of the genome browser shows files in, and puts it where the build of the API takes it from:
#   functions/api/igv/igv.js.gz  version by package-lock.json, bytes by SHA256SUMS beside it
# Without npm the API is built without the genome browser, and its page says so. Once done it costs a few milliseconds.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
home="$root/functions/api/igv"
work="$root/.local/igv"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

stamp() { cat "$home/package-lock.json" "$home/SHA256SUMS"; }

if [ -f "$home/igv.js.gz" ] && [ -f "$work/done" ] && stamp | cmp -s - "$work/done"; then exit 0; fi
if ! command -v npm >/dev/null 2>&1; then
    say "there is no npm, so pages are built without the genome browser (igv.js)"
    exit 0
fi
say "fetching igv.js"
mkdir -p "$work"
cp "$home/package.json" "$home/package-lock.json" "$work/"
(cd "$work" && npm ci --silent --no-audit --no-fund --ignore-scripts </dev/null >&2) || fail "npm could not fetch igv.js (see above)."
(cd "$work/node_modules/igv/dist" && sha256sum --quiet --check "$home/SHA256SUMS" >&2) ||
    fail "igv.js is not the one of functions/api/igv/SHA256SUMS."
gzip -9 -n -c "$work/node_modules/igv/dist/igv.esm.min.js" >"$home/igv.js.gz.new"
mv "$home/igv.js.gz.new" "$home/igv.js.gz"
stamp >"$work/done"
