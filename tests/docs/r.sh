#!/bin/sh
# Runs the R example against the system of `make up`: samples by a filter, and a query whose answer bcftools reads.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
if ! Rscript -e 'library(httr2)' >/dev/null 2>&1; then
    echo "SKIPPED: there is no R with the package httr2, so the R example was not run" >&2
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Nothing of the test goes into the keyring of whoever runs it.
export HOME="$folder/home" PATH="$root/target/debug:$PATH" DIVBASE_KEYRING_SERVICE=
mkdir "$HOME"
cd "$folder"
. "$root/.local/up/demo.env"
echo "$DIVBASE_PASSWORD" | divbase-cli auth login "$DIVBASE_EMAIL" >/dev/null
divbase-cli config add "$DIVBASE_PROJECT" --default >/dev/null
made=$(divbase-cli auth pat create r --project "$DIVBASE_PROJECT:query" --task-history --json)
of() { printf '%s' "$made" | "$root/.local/docs/bin/python" -c "import json, sys; print(json.load(sys.stdin)['$1'])"; }
DIVBASE_API_PAT=$(of token)
export DIVBASE_API_PAT

cat >ask.R <<'END'
source(file.path(Sys.getenv("DIVBASE_SOURCE"), "clients/r/divbase.R"))
project <- Sys.getenv("DIVBASE_PROJECT")
writeLines(samples(project, "Area:North", "herring.tsv"), "north.txt")
query(project, "view -r scaffold_2:1-50000", "answer.vcf.gz")
refused <- try(query(project, "view -r nosuch", "none.vcf.gz"), silent = TRUE)
stopifnot(inherits(refused, "try-error"), !file.exists("none.vcf.gz"))
END
DIVBASE_SOURCE="$root" Rscript ask.R

divbase-cli query tsv 'Area:North' --metadata-tsv-name herring.tsv --json >north.json
"$root/.local/docs/bin/python" - <<'END'
import json
told = json.load(open("north.json"))["unique_sample_ids"]
assert told and open("north.txt").read().split() == told, "R was told other samples"
END
divbase-cli --quiet query vcf --all-samples --command 'view -r scaffold_2:1-50000' -o same.vcf.gz >/dev/null
for name in answer same; do
    "$root/.local/venv/bin/bcftools" view -H "$name.vcf.gz" >"$name.txt"
done
cmp answer.txt same.txt
[ -s answer.txt ]
divbase-cli auth pat revoke "$(of id)" >/dev/null
echo "divbase.R: samples, a query ($(wc -l <answer.txt) records), a refusal"
