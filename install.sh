#!/bin/sh
# Installs divbase-cli from a release:
#   curl -fsSL https://HOST/OWNER/REPOSITORY/releases/latest/download/install.sh | sh
# The release workflow writes into it where it lies; in a checkout, DIVBASE_RELEASES says so.
#
# DIVBASE_BIN      folder for the program [~/.local/bin]
# DIVBASE_VERSION  a release such as 0.1.0 [the latest]
# DIVBASE_RELEASES where releases are
set -eu

releases=${DIVBASE_RELEASES:-@RELEASES@}
folder=${DIVBASE_BIN:-$HOME/.local/bin}

fail() { echo "install: $*" >&2; exit 1; }

case "$releases" in
@*) fail "set DIVBASE_RELEASES to the address of the releases, which ends in /releases" ;;
esac
case "$(uname -s)" in
Linux) system=unknown-linux-musl ;;
Darwin) system=apple-darwin ;;
*) fail "no program for $(uname -s); on Windows take the zip of a release" ;;
esac
case "$(uname -m)" in
x86_64 | amd64) machine=x86_64 ;;
aarch64 | arm64) machine=aarch64 ;;
*) fail "no program for $(uname -m)" ;;
esac

if [ -n "${DIVBASE_VERSION:-}" ]; then
    from=$releases/download/v$DIVBASE_VERSION
else
    from=$releases/latest/download
fi
archive=divbase-cli-$machine-$system.tar.gz

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$archive" SHA256SUMS; do
    curl -fsSL --retry 3 -o "$work/$file" "$from/$file" || fail "could not fetch $from/$file"
done
cd "$work"
grep -F "  $archive" SHA256SUMS >wanted || fail "SHA256SUMS does not name $archive"
if command -v sha256sum >/dev/null 2>&1; then
    sha256sum -c wanted >/dev/null || fail "$archive is not what was released"
else
    shasum -a 256 -c wanted >/dev/null || fail "$archive is not what was released"
fi
tar -xzf "$archive"
mkdir -p "$folder"
# Renamed over the old one, which may be running.
cp divbase-cli "$folder/.divbase-cli.new"
chmod 755 "$folder/.divbase-cli.new"
mv -f "$folder/.divbase-cli.new" "$folder/divbase-cli"
"$folder/divbase-cli" --version
echo "Installed in $folder."
case ":$PATH:" in
*":$folder:"*) ;;
*) echo "Add it to your path: export PATH=\"$folder:\$PATH\"" ;;
esac
