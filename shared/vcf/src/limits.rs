//! Bounds of what a file may hold, so that the memory for reading one is bounded by what is allowed and not by what is
//! sent. Every limit is told with its value to whoever passes it.

/// Largest header, bytes of text (64 MiB): a million scaffolds and a hundred thousand samples fit.
pub const HEADER_MAX_BYTES: usize = 64 << 20;
/// Most lines of a header, scaffolds included.
pub const HEADER_MAX_LINES: u64 = 2_000_000;
/// Longest line of a header that begins with `##`, bytes (1 MiB). The `#CHROM` line is bounded by [`HEADER_MAX_BYTES`].
pub const HEADER_LINE_MAX_BYTES: usize = 1 << 20;
/// Most samples of a file.
pub const SAMPLES_MAX: usize = 1_000_000;
/// Longest name of a sample, bytes; requests cannot name longer ones.
pub const SAMPLE_NAME_MAX_BYTES: usize = 1024;
/// Longest record, or `#CHROM` line, bytes (64 MiB).
pub const LINE_MAX_BYTES: usize = 64 << 20;
