#!/bin/sh
# Builds the wheel, installs it into an empty venv with pip, and with uv where there is one, and starts the program.
# wheel.sh [PROFILE]: `release` is what is published; `dev` uses what is built already.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Of all systems: Cargo tells maturin of every dependency.
cargo fetch --quiet --locked --manifest-path "$root/Cargo.toml"
"$root/.local/docs/bin/maturin" build --quiet --manifest-path "$root/cli/Cargo.toml" --profile "${1:-dev}" --strip false \
    --offline --locked -o "$folder"
wheel=$(ls "$folder"/divbase_cli_rs-*.whl)
"$root/.local/docs/bin/python" -m venv "$folder/pip"
"$folder/pip/bin/pip" install --quiet --no-index --disable-pip-version-check "$wheel"
version=$("$folder/pip/bin/divbase-cli" --version)
"$folder/pip/bin/divbase-cli" local --help >/dev/null
"$folder/pip/bin/divbase-cli" self-update | grep -q '/pip/bin/python -m pip install --upgrade divbase-cli-rs$'
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --offline --python "$root/.local/docs/bin/python" "$folder/uv"
    VIRTUAL_ENV="$folder/uv" uv pip install --quiet --offline "$wheel"
    [ "$("$folder/uv/bin/divbase-cli" --version)" = "$version" ]
    "$folder/uv/bin/divbase-cli" self-update | grep -q 'uv pip install --python .*/uv/bin/python --upgrade divbase-cli-rs$'
    echo "wheel: $(basename "$wheel"): installed by pip and uv, $version"
else
    echo "wheel: $(basename "$wheel"): installed by pip, $version (no uv here)"
fi
