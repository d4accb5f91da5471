#!/bin/sh
# Installs valgrind, which counts instructions for `make bench-shapes`, unless it is there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# shellcheck source=local/scripts/packages.sh
. "$here/packages.sh"

command -v valgrind >/dev/null 2>&1 || install_packages valgrind valgrind valgrind valgrind valgrind
