#!/bin/sh
# venv.sh FOLDER NAME WHAT [PYTHON]: makes .local/FOLDER a venv with the packages of NAME-requirements.txt, telling that it
# installs WHAT. PYTHON is that of .local/venv if it is not given, for which setup.sh must have run.
# Once done it costs a few milliseconds.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv="$root/.local/$1"
list="$here/$2-requirements.txt"
python=${4:-$root/.local/venv/bin/python}
stamp="$venv/installed"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# It depends on its place (scripts in it hold absolute paths) and on the list.
fingerprint() {
    printf '%s\n' "$venv"
    cat "$list"
}

if [ -f "$stamp" ] && fingerprint | cmp -s - "$stamp"; then
    exit 0
fi
say "installing $3 into .local/$1"
rm -rf "$venv"
mkdir -p "$(dirname "$venv")"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
    --no-deps --prefer-binary -r "$list" </dev/null >&2 ||
    fail "pip could not install the packages of local/scripts/$2-requirements.txt (see above)."
"$venv/bin/python" -m pip check --disable-pip-version-check >&2 ||
    fail "the list of packages in local/scripts/$2-requirements.txt is not complete (see above)."
fingerprint >"$stamp"
