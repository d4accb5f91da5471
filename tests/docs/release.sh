#!/bin/sh
# The release script cuts a version in a copy of the checkout, and refuses what it should.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet "$root" "$folder/copy"
cd "$folder/copy"
git config user.name Test
git config user.email test@example.org
infra/packaging/release.sh 9.8.7 >/dev/null
[ "$(git describe --tags)" = v9.8.7 ]
grep -q '^version = "9.8.7"' Cargo.toml
grep -A2 '^## Unreleased' CHANGELOG.md | grep -q '^## 9.8.7, '
[ -z "$(git status --porcelain)" ]
for wrong in 9.8.7 v1 1.2; do
    if infra/packaging/release.sh "$wrong" 2>/dev/null; then
        echo "release.sh takes '$wrong'" >&2
        exit 1
    fi
done
echo "release.sh: cut, tagged, refused"
