#!/bin/sh
# Notes the queries of this release in tests/upgrade/queries.json, from .sqlx. Run when a release is
# cut: until the next one, a test holds every migration to being usable by these queries.
set -eu

cd "$(dirname "$0")/../.."
python3 - .sqlx/query-*.json >tests/upgrade/queries.json.new <<'PY'
import json, sys

queries = sorted(json.load(open(path, encoding="utf-8"))["query"] for path in sys.argv[1:])
print(json.dumps(queries, indent=1))
PY
mv tests/upgrade/queries.json.new tests/upgrade/queries.json
