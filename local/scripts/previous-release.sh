#!/bin/sh
# Builds `divbase-server` as it was in the release before this one (tests/upgrade/release names its commit, which
# release-baseline.sh writes) and prints where it is. Once built it costs a few milliseconds.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-target}
commit=$(cat tests/upgrade/release)
program=$target/previous/divbase-server
stamp=$target/previous/commit

if [ -x "$program" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$commit" ]; then
    realpath "$program"
    exit 0
fi
# A checkout without history has this commit alone.
git cat-file -e "$commit^{commit}" 2>/dev/null || git fetch --quiet --depth 1 origin "$commit"
rm -rf "$target/previous"
mkdir -p "$target/previous/source"
git archive "$commit" | tar -x -C "$target/previous/source"
target=$(realpath "$target")
# Most dependencies are the same. Cargo would take its crates for ours, so it builds elsewhere, beginning with links to what is built
# (but for what Cargo writes in place).
own=$target/previous/target/debug
if [ -d "$target/debug/deps" ]; then
    mkdir -p "$own"
    cp -al "$target/debug/deps" "$own/" 2>/dev/null && rm -f "$own"/deps/*.d && cp -a "$target"/debug/deps/*.d "$own/deps/" &&
        cp -a "$target/debug/.fingerprint" "$target/debug/build" "$own/" || rm -rf "$own"
fi
(cd "$target/previous/source" && CARGO_TARGET_DIR=$target/previous/target cargo build --quiet --locked -p divbase-server >&2)
mv "$own/divbase-server" "$target/previous/divbase-server"
rm -rf "$target/previous/target"
rm -rf "$target/previous/source"
printf '%s\n' "$commit" >"$target/previous/commit"
printf '%s\n' "$target/previous/divbase-server"
