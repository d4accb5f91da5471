#!/bin/bash
#SBATCH --job-name=divbase-query
#SBATCH --time=02:00:00
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
# query.sh SCAFFOLD RESULT: asks the default project for a scaffold. Wants a session, or a token in DIVBASE_API_PAT.
set -euo pipefail

scaffold=$1
result=$2

# Below the job's limit: the query goes on at the server, and the job can be submitted again.
exec divbase-cli --quiet query vcf --all-samples --command "view -r $scaffold" --timeout 110m -o "$result"
