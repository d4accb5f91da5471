#!/bin/sh
# The install script takes what a release has, and refuses what is not what was released.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
release=$folder/releases/download/v0.1.0
mkdir -p "$release"
archive=divbase-cli-$(uname -m)-unknown-linux-musl.tar.gz
tar -czf "$release/$archive" -C "$root/target/debug" divbase-cli
(cd "$release" && sha256sum "$archive" >SHA256SUMS)

export DIVBASE_RELEASES="file://$folder/releases" DIVBASE_VERSION=0.1.0 DIVBASE_BIN="$folder/bin dir"
"$root/install.sh" >"$folder/said"
grep -q "Installed in $folder/bin dir" "$folder/said"
"$folder/bin dir/divbase-cli" --version | grep -q '^divbase-cli version: '
"$folder/bin dir/divbase-cli" self-update | grep -q "of a release, in $folder/bin dir"
"$root/install.sh" >/dev/null

printf 'more' >>"$release/$archive"
if "$root/install.sh" >"$folder/said" 2>&1; then
    echo "what was not released was installed" >&2
    exit 1
fi
grep -q 'is not what was released' "$folder/said"
[ "$(ls -A "$folder/bin dir")" = divbase-cli ]
echo "install.sh: installed, renewed, refused"
