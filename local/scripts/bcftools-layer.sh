#!/bin/sh
# Builds the layer with bcftools for Lambda: `bcftools-layer.sh arm64|x86_64`; it needs an engine such as Docker. With
# DIVBASE_BCFTOOLS_PROGRAM, a static program for that architecture that exists already, it only packs that.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
architecture=${1:?bcftools-layer.sh arm64|x86_64}
fail() { echo "bcftools-layer: $*" >&2; exit 1; }
case $architecture in
arm64) platform=linux/arm64 machine=AArch64 ;;
x86_64) platform=linux/amd64 machine=X86-64 ;;
*) fail "'$architecture' is no architecture of Lambda: use arm64 or x86_64" ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${DIVBASE_BCFTOOLS_PROGRAM:-}" ]; then
    mkdir "$work/bin"
    cp "$DIVBASE_BCFTOOLS_PROGRAM" "$work/bin/bcftools"
else
    engine=${DIVBASE_ENGINE:-docker}
    "$engine" info >/dev/null 2>&1 || fail "no engine answers; name one with DIVBASE_ENGINE"
    "$engine" build --platform "$platform" --file infra/bcftools-layer.Containerfile --output "$work" .
fi
.local/venv/bin/python infra/packaging/layer.py "$work/bin/bcftools" "$machine" "${CARGO_TARGET_DIR:-target}/bcftools-layer-$architecture.zip"
