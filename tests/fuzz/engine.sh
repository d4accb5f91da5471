#!/bin/sh
# Fuzzes the query engine with libFuzzer, on the stable compiler: the coverage counters are an ordinary LLVM pass.
# Usage: tests/fuzz/engine.sh [SECONDS] [TARGET ...]; the targets are header, record, expression, command, index,
# file, bcf and splice, and each runs for so many seconds. Starts from the committed corpus; new inputs go to
# .local/fuzz/engine/TARGET, and a failing one is left beside these folders. To keep what was found:
#     .local/fuzz/engine/target/HOST/release/TARGET -set_cover_merge=1 KEPT .local/fuzz/engine/TARGET
#     tests/fuzz/corpus.py pack KEPT shared/vcf/tests/corpus/TARGET.hex
# Needs a C++ compiler for libFuzzer itself.
set -eu

seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- header record expression command index file bcf splice
root=$(cd "$(dirname "$0")/../.." && pwd)
crate=$root/shared/vcf
work=$root/.local/fuzz/engine
host=$(rustc -vV | sed -n 's/^host: //p')

RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
RUSTFLAGS="$RUSTFLAGS -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
RUSTFLAGS="$RUSTFLAGS -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
export RUSTFLAGS
# With --target the flags hold for the target only, not for build scripts.
(cd "$crate/fuzz" && CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=0 cargo build --quiet --release --locked --target "$host")

for target in "$@"; do
    python3 "$root/tests/fuzz/corpus.py" unpack "$crate/tests/corpus/$target.hex" "$work/$target"
    # Hostile input may cost 512 MiB: the longest line, once as it is read and once where it is kept.
    "$work/target/$host/release/$target" -dict="$crate/fuzz/words.dict" -max_len=2000 -timeout=20 \
        -rss_limit_mb=1024 -max_total_time="$seconds" -print_final_stats=1 \
        -artifact_prefix="$work/$target-" "$work/$target"
done
