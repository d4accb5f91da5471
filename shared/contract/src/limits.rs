//! Sizes and counts that client and server must agree on.

/// Largest file sent in one PUT, bytes (96 MiB); larger ones go in parts.
pub const SINGLE_PUT_MAX_BYTES: u64 = 100_663_296;
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

/// Object name of the VCF that query task `id` writes.
#[must_use]
pub fn result_vcf_name(id: i64) -> String {
    format!("{RESULT_PREFIX}{id}.vcf.gz")
}

/// Object name of the log that query task `id` writes.
#[must_use]
pub fn result_log_name(id: i64) -> String {
    format!("{RESULT_PREFIX}{id}.log")
}

/// Object name of the CSI index of the VCF that query task `id` writes.
#[must_use]
pub fn result_index_name(id: i64) -> String {
    format!("{RESULT_PREFIX}{id}.vcf.gz.csi")
}
