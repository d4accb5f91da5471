#!/bin/sh
# Prepares what `make demo`, `make up` and `make test` need beside Rust:
#   .local/venv              Python packages of requirements.txt
#   .local/venv/bin/bcftools bcftools 1.24 out of pysam, callable like the program
#   .local/postgres-bindir   where Postgres' server programs are
#   .local/clients           the public Python clients, where a Python 3.12 is found
#   functions/api/igv/igv.js.gz  the genome browser of the pages, where npm is found
# Run as often as you like: once done it costs a few milliseconds. It writes nothing
# else outside .local, unless Postgres or Python's venv module has to be installed by the
# system's package manager, and then it says so first.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
state="$root/.local"
venv="$state/venv"
stamp="$venv/installed"
bindir_file="$state/postgres-bindir"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# What the venv depends on: its place (scripts in it hold absolute paths) and the list.
fingerprint() {
    printf '%s\n' "$venv"
    cat "$here/requirements.txt"
}

venv_ready() {
    [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && fingerprint | cmp -s - "$stamp"
}

bcftools_ready() {
    [ -x "$venv/bin/bcftools" ] && cmp -s "$here/bcftools.py" "$venv/bcftools.py"
}

postgres_ready() {
    [ -f "$bindir_file" ] && [ -x "$(cat "$bindir_file")/postgres" ] && [ -x "$(cat "$bindir_file")/initdb" ]
}

# shellcheck source=local/scripts/packages.sh
. "$here/packages.sh"

find_python() {
    for candidate in ${DIVBASE_PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo 'no python3')
    fail "Python 3.10 or newer is needed; found: $found. Install it, or name it with DIVBASE_PYTHON=/path/to/python3."
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        minor=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        install_packages "Python's venv module" "python$minor-venv" python3 "python3 py3-pip" python3
        "$python" -c 'import venv, ensurepip' 2>/dev/null ||
            fail "$python still has no venv module. Install the one for Python $minor, then run this again."
    fi
    say "installing the AWS emulator and bcftools into ${venv#"$root"/} (about 20 s)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --no-deps --prefer-binary -r "$here/requirements.txt" </dev/null >&2 ||
        fail "pip could not install the packages of local/scripts/requirements.txt (see above)."
    "$venv/bin/python" -m pip check --disable-pip-version-check >&2 ||
        fail "the list of packages in local/scripts/requirements.txt is not complete (see above)."
    fingerprint >"$stamp"
}

make_bcftools() {
    cat >"$venv/bin/bcftools" <<EOF
#!/bin/sh
exec "$venv/bin/python" -I "$venv/bcftools.py" "\$@"
EOF
    chmod +x "$venv/bin/bcftools"
    "$venv/bin/python" -I "$here/bcftools.py" --version >/dev/null || fail "bcftools does not start (see above)."
    cp "$here/bcftools.py" "$venv/bcftools.py"
}

# The folder of the newest complete set of server programs, or nothing.
find_postgres() {
    for server in $(command -v postgres 2>/dev/null || true) \
        $(ls -d /usr/lib/postgresql/*/bin/postgres /usr/libexec/postgresql*/postgres \
            /usr/pgsql-*/bin/postgres /opt/homebrew/opt/postgresql*/bin/postgres \
            /usr/local/opt/postgresql*/bin/postgres 2>/dev/null | sort -Vr); do
        if [ -x "$server" ] && [ -x "$(dirname "$server")/initdb" ]; then
            dirname "$server"
            return
        fi
    done
}

note_postgres() {
    bindir=$(find_postgres)
    if [ -z "$bindir" ]; then
        # Debian's package would also create and start a server of its own, which nobody asked for.
        if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1 && [ ! -e /etc/postgresql-common ]; then
            mkdir -p /etc/postgresql-common/createcluster.d
            printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.d/divbase.conf
        fi
        install_packages Postgres postgresql postgresql-server postgresql postgresql
        bindir=$(find_postgres)
        [ -n "$bindir" ] || fail "Postgres was installed but its server programs (postgres, initdb) were not found. Put their folder into PATH."
    fi
    printf '%s\n' "$bindir" >"$bindir_file"
}

"$here/igv.sh"
if venv_ready && bcftools_ready && postgres_ready; then
    exec "$here/public-clients.sh"
fi

mkdir -p "$state"
# Two makes in one checkout take turns.
if command -v flock >/dev/null 2>&1; then
    exec 9>"$state/setup.lock"
    flock 9
fi
venv_ready || make_venv
bcftools_ready || make_bcftools
postgres_ready || note_postgres
say "ready (Postgres in $(cat "$bindir_file"))"
"$here/public-clients.sh"
