#!/bin/sh
# Installs valgrind, which counts instructions for `make bench-shapes`, unless it is there.
set -eu

fail() {
    echo "valgrind: $*" >&2
    exit 1
}

if command -v valgrind >/dev/null 2>&1; then exit 0; fi
command -v apt-get >/dev/null 2>&1 || fail "valgrind is missing. Install it, then run this again."
as_root=
[ "$(id -u)" -eq 0 ] || as_root='sudo -n'
echo "valgrind is missing: installing it with apt-get" >&2
$as_root apt-get update -qq </dev/null >&2 || true
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends valgrind </dev/null >&2 ||
    fail "apt-get could not install it (see above). Install it, then run this again."
