#!/bin/sh
# release.sh VERSION: cuts a release. Moves what is unreleased in CHANGELOG.md below the version's heading, sets the version of the
# workspace, commits and tags. Nothing is pushed: the tag starts the release workflow when you push it.
#
# Before: `make test`, `make test-docs`, `make release-baseline`, and a clean checkout of main.
set -eu

version=${1:?release.sh VERSION, such as 0.1.0}
cd "$(dirname "$0")/../.."
fail() { echo "release: $*" >&2; exit 1; }

echo "$version" | grep -Eqx '[0-9]+\.[0-9]+\.[0-9]+' || fail "'$version' is no version"
[ -z "$(git status --porcelain)" ] || fail "there are changes that are not committed"
git rev-parse -q --verify "refs/tags/v$version" >/dev/null && fail "v$version is tagged already"
grep -q '^## Unreleased$' CHANGELOG.md || fail "CHANGELOG.md has no heading 'Unreleased'"

awk -v heading="## $version, $(date -u +%F)" \
    '{ print } /^## Unreleased$/ { print ""; print heading }' CHANGELOG.md >CHANGELOG.new
mv CHANGELOG.new CHANGELOG.md
sed -i.old "/^\[workspace.package\]/,/^\[/ s/^version = .*/version = \"$version\"/" Cargo.toml
rm -f Cargo.toml.old
sed -i.old "s/set version = \".*\"/set version = \"$version\"/" infra/packaging/bioconda/meta.yaml
rm -f infra/packaging/bioconda/meta.yaml.old
cargo update --quiet --workspace --offline
git commit --quiet --all --message "Release $version"
git tag --annotate "v$version" --message "Release $version"
echo "Tagged v$version. To publish it: git push origin HEAD v$version"
