#!/bin/sh
# Sample metadata at size: a table of 100,000 samples by 50 columns (about 28 MB).
# Reading with full validation against pandas' bare read_csv of the same file in the same run, queries on the table once
# read, and peak memory. Prints `RATIO name value goal`; larger is better, and the goal is met from `goal` on.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
venv=$root/.local/bench-venv
pandas=2.3.3
rounds=3

if ! "$venv/bin/python" -c "import pandas, sys; sys.exit(pandas.__version__ != '$pandas')" 2>/dev/null; then
    echo "Installing pandas $pandas into $venv" >&2
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "pandas==$pandas"
fi

cargo build --quiet --release --manifest-path "$root/Cargo.toml" -p divbase-metadata --example bench
bench=${CARGO_TARGET_DIR:-$root/target}/release/examples/bench
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
table=$folder/table.tsv
"$bench" generate "$table"
echo "table $(wc -c <"$table") bytes, $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"

# Both in turns, so that another load on the machine meets both; the best round of each counts.
round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    "$venv/bin/python" - "$table" >>"$folder/theirs" <<'PYTHON'
import resource, sys, time
import pandas

best = float("inf")
for _ in range(3):
    start = time.perf_counter()
    frame = pandas.read_csv(sys.argv[1], sep="\t")
    best = min(best, time.perf_counter() - start)
print("read_seconds", round(best, 4))
print("memory_mb", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6))
PYTHON
    "$bench" measure "$table" >>"$folder/ours"
done

best() { awk -v name="$2" '$1 == name && (best == "" || $2 < best) { best = $2 } END { print best }' "$folder/$1"; }
awk '{ if (!($1 in best) || $2 < best[$1]) best[$1] = $2 } END { for (name in best) print "ours", name, best[name] }' \
    "$folder/ours" | sort
echo "pandas read_seconds $(best theirs read_seconds)"
echo "pandas memory_mb $(best theirs memory_mb)"

ratio() { awk -v name="$1" -v above="$2" -v below="$3" 'BEGIN { printf "RATIO %s %.2f 1.00\n", name, above / below }'; }
ratio metadata-read-vs-pandas "$(best theirs read_seconds)" "$(best ours read_seconds)"
ratio metadata-query-within-20-ms 20 "$(best ours query_slowest_ms)"
ratio metadata-memory-within-150-mb 150 "$(best ours memory_mb)"
