#!/bin/sh
# Builds the deployable functions as Lambda zips: `build-functions.sh arm64|x86_64 [NAME…]`;
# without names, those that the template asks for.
# The zips land in target/lambda/NAME/bootstrap.zip. Needs `make tools` to have run; sets up what has changed since.
set -eu

architecture=$1
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
[ $# -gt 0 ] || set -- $(sed -n 's/^ *Binary: //p' infra/template.yaml | sort -u)
PATH="$root/.local/tools/bin:$PATH"
export PATH SQLX_OFFLINE=true
local/scripts/setup.sh

say() { printf 'build-functions: %s\n' "$*" >&2; }

case $architecture in
arm64) triple=aarch64-unknown-linux-gnu flag=--arm64 ;;
x86_64) triple=x86_64-unknown-linux-gnu flag=--x86-64 ;;
*) say "'$architecture' is no architecture of Lambda: use arm64 or x86_64"; exit 2 ;;
esac

# Without the target's standard library nothing can be built for it.
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$triple/lib" ]; then
    say "adding the Rust target $triple"
    if ! rustup target add "$triple" </dev/null >&2; then
        say "it cannot be had here; install it, or build for the other architecture"
        exit 3
    fi
fi

names=
for name in "$@"; do
    if [ -f "functions/$name/src/main.rs" ]; then
        names="$names $name"
    else
        say "leaving out $name, which does not exist yet"
    fi
done
set --
for name in $names; do
    set -- "$@" --bin "$name"
done
cargo lambda build --release "$flag" --output-format binary "$@" </dev/null

for name in $names; do
    zip=${CARGO_TARGET_DIR:-target}/lambda/$name/bootstrap.zip
    # The same program gives the same bytes, whenever it was built.
    .local/venv/bin/python infra/packaging/zip.py "${zip%.zip}" "$zip"
    rm "${zip%.zip}"
    printf '%-8s %-7s %5d KiB  %s\n' "$name" "$architecture" $(($(wc -c <"$zip") / 1024)) "$zip"
done
