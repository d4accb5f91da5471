#!/bin/sh
# Fetches what pages take from others, igv.js and Swagger UI, and puts it where the build of the API takes it from:
#   functions/api/igv/*.gz  versions by package-lock.json, bytes by SHA256SUMS beside it
# Without npm the API is built without the genome browser and the viewer, and their pages say so. Once done it costs a few
# milliseconds.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
home="$root/functions/api/igv"
work="$root/.local/igv"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

stamp() { cat "$home/package-lock.json" "$home/SHA256SUMS"; }

if [ -f "$home/igv.js.gz" ] && [ -f "$home/swagger-ui.js.gz" ] && [ -f "$home/swagger-ui.css.gz" ] && [ -f "$work/done" ] && stamp | cmp -s - "$work/done"; then exit 0; fi
if ! command -v npm >/dev/null 2>&1; then
    say "there is no npm, so pages are built without the genome browser and the viewer of the API's document"
    exit 0
fi
say "fetching igv.js and Swagger UI"
mkdir -p "$work"
cp "$home/package.json" "$home/package-lock.json" "$work/"
(cd "$work" && npm ci --silent --no-audit --no-fund --ignore-scripts </dev/null >&2) || fail "npm could not fetch them (see above)."
(cd "$work/node_modules" && sha256sum --quiet --check "$home/SHA256SUMS" >&2) ||
    fail "they are not those of functions/api/igv/SHA256SUMS."
keep() {
    gzip -9 -n -c "$work/node_modules/$1" >"$home/$2.gz.new"
    mv "$home/$2.gz.new" "$home/$2.gz"
}
keep igv/dist/igv.esm.min.js igv.js
keep swagger-ui-dist/swagger-ui-bundle.js swagger-ui.js
keep swagger-ui-dist/swagger-ui.css swagger-ui.css
stamp >"$work/done"
