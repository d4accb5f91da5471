#!/bin/sh
# Installs the public Python clients that the service is tested with:
#   .local/clients/venv      what they need (public-clients-requirements.txt)
#   .local/clients/VERSION   one `divbase-cli` with its `divbase-lib`
#   .local/clients/absent    instead of all that: why there are none
# They need Python 3.12; where there is none the tests that use them say so and pass.
# Once done it costs a few milliseconds.
set -eu

# The newest, the oldest stable one, and the newest one before that.
versions='0.1.4 0.1.0 0.1.0a16'

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
clients="$root/.local/clients"
venv="$clients/venv"
stamp="$clients/installed"

say() { printf 'setup: %s\n' "$*" >&2; }

# An interpreter may be a version manager's stand-in that runs nothing, so each is tried.
find_python() {
    for candidate in ${DIVBASE_PYTHON:-} python3.14 python3.13 python3.12 python3 \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3 \
        "${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}"/*/bin/python3 \
        "${ASDF_DATA_DIR:-$HOME/.asdf}"/installs/python/3.1[2-9]*/bin/python3 \
        "${MISE_DATA_DIR:-$HOME/.local/share/mise}"/installs/python/3.1[2-9]*/bin/python3 \
        "${CONDA_PREFIX:-/nonexistent}"/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
}

fingerprint() {
    printf '%s\n%s\n' "$venv" "$versions"
    cat "$here/public-clients-requirements.txt"
}

if [ -f "$stamp" ] && fingerprint | cmp -s - "$stamp"; then
    exit 0
fi
mkdir -p "$clients"
python=$(find_python)
if [ -z "$python" ]; then
    why='no Python 3.12 or newer that runs (name one with DIVBASE_PYTHON)'
    # Said once, not at every make.
    [ -f "$clients/absent" ] || say "the public clients are not installed, and tests with them are skipped: $why"
    printf '%s\n' "$why" >"$clients/absent"
    exit 0
fi
say "installing the public clients $versions into ${clients#"$root"/} (about 30 s)"
rm -rf "$clients"
"$python" -m venv "$venv"
pip() {
    "$venv/bin/python" -m pip "$@" --quiet --no-input --disable-pip-version-check --no-deps --prefer-binary </dev/null >&2
}
installed() {
    pip install -r "$here/public-clients-requirements.txt" || return 1
    for version in $versions; do
        pip install --target "$clients/$version" "divbase-cli==$version" "divbase-lib==$version" || return 1
    done
}
if ! installed; then
    why="pip could not install them; remove ${clients#"$root"/} to try again"
    say "tests with the public clients are skipped: $why"
    rm -rf "$clients"
    mkdir -p "$clients"
    printf '%s\n' "$why" >"$clients/absent"
fi
fingerprint >"$stamp"
