#!/bin/sh
# Prepares what `make test-web` needs:
#   .local/web/node_modules  playwright-core and axe-core, as tests/web/package-lock.json pins them
#   .local/web/chromium      a link to the Chromium of the system's packages, installed if there is none
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
web="$root/.local/web"
lock="$root/tests/web/package-lock.json"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# shellcheck source=local/scripts/packages.sh
. "$root/local/scripts/packages.sh"

find_chromium() {
    for candidate in chromium chromium-browser google-chrome; do
        if command -v "$candidate" >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
}

ready() {
    [ -x "$web/chromium" ] && [ -d "$web/node_modules/playwright-core" ] && cmp -s "$lock" "$web/package-lock.json"
}

if ready; then exit 0; fi

command -v npm >/dev/null 2>&1 || fail "Node.js 20 or newer with npm is needed. Install it, then run this again."
chromium=$(find_chromium)
if [ -z "$chromium" ]; then
    install_packages 'Chromium (about 320 MB)' chromium chromium chromium chromium
    chromium=$(find_chromium)
    [ -n "$chromium" ] || fail "Chromium was installed but not found. Put it into PATH."
fi
say "installing the browser tests' packages into .local/web"
mkdir -p "$web"
cp "$root/tests/web/package.json" "$lock" "$web/"
(cd "$web" && npm ci --silent --no-audit --no-fund </dev/null >&2) || fail "npm could not install them (see above)."
ln -sf "$chromium" "$web/chromium"
ready || fail "something is still missing in .local/web."
