#!/bin/sh
# Prepares what `make test-sso` needs beside what `make test` does:
#   .local/sso/node_modules  an OpenID Connect provider, as tests/sso/package-lock.json pins it
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
sso="$root/.local/sso"
lock="$root/tests/sso/package-lock.json"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

if [ -d "$sso/node_modules/oidc-provider" ] && cmp -s "$lock" "$sso/package-lock.json"; then exit 0; fi

command -v npm >/dev/null 2>&1 || fail "Node.js 20 or newer with npm is needed. Install it, then run this again."
say "installing an OpenID Connect provider into .local/sso"
mkdir -p "$sso"
cp "$root/tests/sso/package.json" "$lock" "$sso/"
(cd "$sso" && npm ci --silent --no-audit --no-fund </dev/null >&2) || fail "npm could not install it (see above)."
