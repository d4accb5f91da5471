#!/bin/sh
# Runs the Nextflow example against the system of `make up`: by Nextflow where it is installed; else by a stand-in that reads it as
# Groovy and runs its processes (nextflow.groovy says what it knows); else not at all.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
if command -v nextflow >/dev/null 2>&1; then
    by=nextflow
elif command -v groovy >/dev/null 2>&1; then
    by="a stand-in for Nextflow"
else
    echo "SKIPPED: there is neither Nextflow nor Groovy, so the Nextflow example was not run" >&2
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
divbase-cli --quiet query vcf --samples S01 --command 'view -r scaffold_2:1-20000' -o mine.vcf.gz >/dev/null

if [ "$by" = nextflow ]; then
    nextflow -quiet run "$root/clients/nextflow/main.nf" --project "$DIVBASE_PROJECT" --table herring.tsv --upload "$PWD/mine.vcf.gz" >counts
else
    groovy "$root/tests/docs/nextflow.groovy" "$root/clients/nextflow/main.nf" \
        "project=$DIVBASE_PROJECT" table=herring.tsv "upload=$PWD/mine.vcf.gz" >counts
fi
divbase-cli files info pipeline/mine.vcf.gz >/dev/null
divbase-cli --quiet files rm pipeline/mine.vcf.gz >/dev/null
for area in North East; do
    divbase-cli --quiet query vcf --tsv-filter "Area:$area" --metadata-tsv-name herring.tsv --command 'view -r scaffold_2' \
        -o "$area.vcf.gz" >/dev/null
    records=$("$root/.local/venv/bin/bcftools" view -H "$area.vcf.gz" | wc -l)
    [ "$records" -gt 0 ]
    grep -Fqx "$(printf '%s\t%s' "$area" "$records")" counts
done
[ "$(grep -c . counts)" = 2 ]
echo "nextflow (by $by): uploaded, asked, counted"
