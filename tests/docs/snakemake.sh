#!/bin/sh
# Runs the Snakemake example against the system of `make up`, in an empty home and folder.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
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

"$root/.local/docs/bin/snakemake" -s "$root/clients/snakemake/Snakefile" --cores 2 --quiet all \
    --config project=herring table=herring.tsv upload=mine.vcf.gz

divbase-cli files info pipeline/mine.vcf.gz >/dev/null
divbase-cli --quiet files rm pipeline/mine.vcf.gz >/dev/null
for area in North East; do
    records=$("$root/.local/venv/bin/bcftools" view -H "$area.vcf.gz" | wc -l)
    grep -Fqx "$(printf '%s.vcf.gz\t%s' "$area" "$records")" counts.tsv
    [ "$records" -gt 0 ]
done
echo "snakemake: uploaded, asked, counted"
