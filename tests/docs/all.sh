#!/bin/sh
# Everything that keeps the pages true: links, spelling, tables made from the code, and every command block, which is typed at
# the system of `make up`. One that runs already is used and left running.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
bin=$root/.local/docs/bin
python=$bin/python

NO_MKDOCS_2_WARNING=1 "$bin/mkdocs" --quiet build --strict --site-dir .local/site
"$bin/lychee" --offline --include-fragments --no-progress README.md CONTRIBUTING.md SECURITY.md 'docs/**/*.md'
"$bin/typos" docs clients README.md CONTRIBUTING.md SECURITY.md
"$python" tests/docs/errors.py
"$python" tests/docs/r_calls.py
"$python" tests/docs/packaging.py
"$python" tests/docs/powershell.py

if [ ! -f .local/up/info.json ]; then
    trap 'target/debug/divbase-local down' EXIT
fi
target/debug/divbase-local up >/dev/null
"$python" tests/docs/run.py docs/guides/quick-start.md docs/guides/researcher.md docs/guides/cookbook.md \
    docs/guides/manager.md docs/guides/pipelines.md docs/guides/hpc.md docs/api.md

# The same on what people have on servers of their own.
make --no-print-directory up STACK=server >/dev/null
(
    . "$root/.local/up-server/demo.env"
    # Of a system that is new each time nothing is known yet.
    rm -f "$root/.local/up-server/config.yaml" "$root/.local/up-server/tokens"
    export DIVBASE_CLI_CONFIG_PATH="$root/.local/up-server/config.yaml" DIVBASE_CLI_TOKENS_PATH="$root/.local/up-server/tokens"
    echo "$DIVBASE_PASSWORD" | target/debug/divbase-cli auth login "$DIVBASE_EMAIL" >/dev/null
    target/debug/divbase-cli config add "$DIVBASE_PROJECT" --default >/dev/null
    target/debug/divbase-cli files ls | grep -q g1.scaffold_1.vcf.gz
)
target/debug/divbase-local down --stack server >/dev/null

"$bin/mypy" --strict clients/python/divbase_client
(
    . "$root/.local/up/demo.env"
    cd clients/python
    BCFTOOLS="$root/.local/venv/bin/bcftools" PYTHONPATH=. "$python" -m unittest discover -s tests
)
tests/docs/snakemake.sh
tests/docs/nextflow.sh
tests/docs/r.sh
if command -v tmux >/dev/null 2>&1; then
    "$python" tests/docs/terminal.py
else
    echo "SKIPPED: tmux is not installed, so the command line was not used in a terminal" >&2
fi
tests/docs/install.sh
