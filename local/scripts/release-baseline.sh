#!/bin/sh
# Notes in tests/upgrade what this release promises: its queries, which later migrations must leave
# usable, and its API, which later versions must go on answering; and its commit, whose program `make test-rollback` runs on
# later schemas. Run when a release is cut.
set -eu

cd "$(dirname "$0")/../.."
python3 - .sqlx/query-*.json >tests/upgrade/queries.json.new <<'PY'
import json, sys

queries = sorted(json.load(open(path, encoding="utf-8"))["query"] for path in sys.argv[1:])
print(json.dumps(queries, indent=1))
PY
mv tests/upgrade/queries.json.new tests/upgrade/queries.json
cp docs/openapi.json tests/upgrade/openapi.json
git rev-parse HEAD >tests/upgrade/release
