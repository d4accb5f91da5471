//! Sizes and counts: what client and server must agree on, and the bound of everything that comes from outside.
//!
//! Every limit is told to whoever passes it. Limits of VCF files are those of `divbase_vcf::limits`, limits of tables those
//! of `divbase_metadata::limits`.

use crate::plan::OutputType;

/// Largest file sent in one PUT by clients, bytes (96 MiB); larger ones go in parts.
pub const SINGLE_PUT_MAX_BYTES: u64 = 100_663_296;
/// Largest object that S3 takes in one PUT, bytes (5 GiB).
pub const STORE_PUT_MAX_BYTES: i64 = 5 << 30;
/// Size of each part of a multipart upload but the last, bytes (32 MiB). Composite ETags depend on it.
pub const PART_BYTES: u64 = 33_554_432;
/// Largest number of parts of one upload.
pub const MAX_PARTS: u64 = 10_000;
/// Largest number of items in one request for URLs, checksums, deletions and the like.
pub const BATCH_MAX: usize = 100;
/// Lifetime of a single-part upload URL, seconds.
pub const UPLOAD_URL_SECONDS: u64 = 3_600;
/// Lifetime of part-upload and download URLs, seconds.
pub const TRANSFER_URL_SECONDS: u64 = 36_000;
/// Prefix of the files that queries write to the bucket root.
pub const RESULT_PREFIX: &str = "result_of_job_";
/// File that a metadata query reads unless another is named.
pub const DEFAULT_METADATA_TSV: &str = "sample_metadata.tsv";

/// Largest request body, bytes (4 MiB). A hundred thousand sample names fit.
pub const BODY_MAX_BYTES: usize = 4 << 20;

/// Largest body below `/auth`, where anybody may call, bytes.
pub const AUTH_BODY_MAX_BYTES: usize = 64 * 1024;
/// Longest key of an object, bytes of UTF-8 (Amazon S3, "Naming Amazon S3 objects").
pub const KEY_MAX_BYTES: usize = 1024;
/// Longest command of a query, bytes (128 KiB): Linux gives a program no longer argument, and bcftools is one.
pub const COMMAND_MAX_BYTES: usize = 128 << 10;
/// Longest metadata filter, bytes (128 KiB).
pub const FILTER_MAX_BYTES: usize = 128 << 10;
/// Longest name of a sample in a request, bytes.
pub const SAMPLE_NAME_MAX_BYTES: usize = 1024;
/// Most sample names in a request.
pub const SAMPLES_MAX: usize = 100_000;
/// Largest number of files that a query names to ask, or to leave out.
pub const FILES_MAX: usize = 10_000;
/// Most bytes of names of samples and scaffolds in the answer that has those of every file of a project (32 MiB).
pub const DIMENSIONS_NAMES_MAX_BYTES: usize = 32 << 20;
/// Largest arguments of a schedule, bytes of JSON (16 KiB).
pub const KWARGS_MAX_BYTES: usize = 16 << 10;
/// Most tasks in one answer of the task history.
pub const HISTORY_PAGE: usize = 1000;
/// Tasks of a list that names no number.
pub const HISTORY_DEFAULT_PAGE: i64 = 50;
/// Longest text in the arguments and results of a task as lists of the history show it, bytes; the task by itself is whole.
pub const HISTORY_TEXT_MAX_BYTES: usize = 2048;
/// Longest message of an error, bytes (8 KiB). What it quotes is cut at [`QUOTE_MAX_CHARS`].
pub const MESSAGE_MAX_BYTES: usize = 8 << 10;
/// Most characters of a text from outside that an error quotes.
pub const QUOTE_MAX_CHARS: usize = 100;

/// Object name of the file that query task `id` writes.
#[must_use]
pub fn result_name(id: i64, kind: OutputType) -> String {
    format!("{RESULT_PREFIX}{id}{}", kind.suffix())
}

/// Object name of the log that query task `id` writes.
#[must_use]
pub fn result_log_name(id: i64) -> String {
    format!("{RESULT_PREFIX}{id}.log")
}

/// Object name of the CSI index of the file that query task `id` writes.
#[must_use]
pub fn result_index_name(id: i64, kind: OutputType) -> String {
    format!("{}.csi", result_name(id, kind))
}

/// Where windows of queries, and pieces of files that are indexed, leave what they made until it is put together: a folder that
/// no user's name can lie in.
pub const PIECES_PREFIX: &str = "result_of_job_pieces/";

/// Where the sample groups of files lie: a folder that no user's name can lie in.
pub const SAMPLE_GROUPS_PREFIX: &str = "result_of_job_sample_groups/";

/// How the names begin of what the children of task `id` leave.
#[must_use]
pub fn pieces_prefix(id: i64) -> String {
    format!("{PIECES_PREFIX}{id}/")
}

/// Object name of what a window of query task `id` made; windows are counted from 0.
#[must_use]
pub fn piece_name(id: i64, window: u32) -> String {
    format!("{}{window}", pieces_prefix(id))
}

/// Object name of what update `id` of an index found in a piece of a file; files and pieces are counted from 0.
#[must_use]
pub fn index_piece_name(id: i64, file: u32, piece: u32) -> String {
    format!("{}{file}.{piece}", pieces_prefix(id))
}

/// Object name of the index of what a window made.
#[must_use]
pub fn piece_index_name(id: i64, window: u32) -> String {
    format!("{}.csi", piece_name(id, window))
}
