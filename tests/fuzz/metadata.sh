#!/bin/sh
# Fuzzes the metadata library with libFuzzer, on the stable compiler: the coverage counters are an ordinary LLVM pass.
# Usage: tests/fuzz/metadata.sh [SECONDS]. Starts from the committed corpus; new inputs go to .local/fuzz/metadata/corpus, and
# a failing one is left beside that folder. To keep what was found:
#     .local/fuzz/metadata/target/HOST/release/invariants -set_cover_merge=1 KEPT .local/fuzz/metadata/corpus
#     tests/fuzz/corpus.py pack KEPT shared/metadata/tests/corpus/inputs.hex
# Needs a C++ compiler for libFuzzer itself.
set -eu

seconds=${1:-60}
root=$(cd "$(dirname "$0")/../.." && pwd)
crate=$root/shared/metadata
work=$root/.local/fuzz/metadata
host=$(rustc -vV | sed -n 's/^host: //p')
python3 "$root/tests/fuzz/corpus.py" unpack "$crate/tests/corpus/inputs.hex" "$work/corpus"

RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
RUSTFLAGS="$RUSTFLAGS -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
RUSTFLAGS="$RUSTFLAGS -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
export RUSTFLAGS
# With --target the flags hold for the target only, not for build scripts.
(cd "$crate/fuzz" && CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=0 cargo build --quiet --release --locked --target "$host")

exec "$work/target/$host/release/invariants" -dict="$crate/fuzz/words.dict" -max_len=600 -timeout=10 \
    -max_total_time="$seconds" -artifact_prefix="$work/" "$work/corpus"
