//! The beginning of a result: its header and its first records, read from the first kilobytes of the file.

use std::io::Read;

use divbase_contract::tasks::BcftoolsQueryResult;
use divbase_storage::{ObjectMeta, ObjectVersion, RangeReader, StorageError};
use flate2::read::MultiGzDecoder;

use crate::AppState;

/// Bytes that are read of the file, if it has more than [`WHOLE`].
const BYTES: u64 = 256 * 1024;

/// A file of so many bytes is read whole, and its records are counted. An index is read up to four times as many.
const WHOLE: u64 = 1024 * 1024;

/// Genotypes and other columns of a file that is counted for a page: some tens of milliseconds of work.
const CELLS: u64 = 2_000_000;

/// Bytes of text that are looked at.
const TEXT: u64 = 8 * 1024 * 1024;

/// Records that are shown.
const RECORDS: usize = 10;

/// Lines of the header that are shown.
const HEADER_LINES: usize = 200;

/// Samples that are shown.
const SAMPLES: usize = 6;

/// Columns before those of samples: `CHROM` to `FORMAT` (VCF 4.3, section 1.6).
const FIXED: usize = 9;

/// Characters of a cell or line that are shown.
const LETTERS: usize = 160;

/// What a result begins with.
#[derive(Debug, Default)]
pub(super) struct Preview {
    /// Lines of the header, without that of the columns.
    pub(super) header: Vec<String>,
    pub(super) header_left_out: usize,
    pub(super) columns: Vec<String>,
    pub(super) samples_left_out: usize,
    pub(super) records: Vec<Vec<String>>,
}

/// How a result's file stands.
#[derive(Debug)]
pub(super) enum Standing {
    /// It was deleted, as results are after a while.
    Gone,
    /// It is there, and begins so; nothing of what is no VCF text.
    There(Option<Preview>, Pictured),
}

/// What pictures of a result are made of.
#[derive(Debug, Default)]
pub(super) enum Pictured {
    /// The whole file.
    File(Vec<u8>),
    /// Its index: the file is too large to be counted for a page.
    Index(Vec<u8>),
    /// Neither is there, or both are too large.
    #[default]
    Nothing,
}

/// Looks at the file of a result.
///
/// # Errors
/// If the store fails.
pub(super) async fn look(
    state: &AppState,
    bucket: &str,
    result: &BcftoolsQueryResult,
) -> Result<Standing, StorageError> {
    let key = &result.output_file;
    let Some(found) = state.store.head(bucket, key).await? else {
        return Ok(Standing::Gone);
    };
    if !key.ends_with(".vcf.gz") {
        return Ok(Standing::There(None, Pictured::Nothing));
    }
    let columns = result.samples.map(|samples| samples + FIXED as u64);
    let cells = result.records.zip(columns);
    let cells = cells.map_or(u64::MAX, |(records, columns)| {
        records.saturating_mul(columns)
    });
    let is_small = found.size <= WHOLE && cells <= CELLS;
    let bytes = read(
        state,
        bucket,
        key,
        found,
        if is_small { WHOLE } else { BYTES },
    )
    .await?;
    let preview = Some(begins(&bytes));
    if is_small {
        return Ok(Standing::There(preview, Pictured::File(bytes)));
    }
    let pictured = match &result.index_file {
        Some(index) => match state.store.head(bucket, index).await? {
            Some(found) if found.size <= 4 * WHOLE => {
                Pictured::Index(read(state, bucket, index, found, 4 * WHOLE).await?)
            }
            _ => Pictured::Nothing,
        },
        None => Pictured::Nothing,
    };
    Ok(Standing::There(preview, pictured))
}

/// Reads a file from its beginning, so many bytes at most.
async fn read(
    state: &AppState,
    bucket: &str,
    key: &str,
    found: ObjectMeta,
    most: u64,
) -> Result<Vec<u8>, StorageError> {
    let object = ObjectVersion {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version_id: found.version_id.unwrap_or_else(|| "null".to_owned()),
        etag: found.etag,
        size: found.size,
    };
    let reader = RangeReader::new(state.store.clone(), object);
    Ok(reader.read(0, most).await?.to_vec())
}

/// What a compressed file begins with whose end may be missing.
fn begins(bytes: &[u8]) -> Preview {
    let mut text = Vec::new();
    // Where the bytes end within a block, what was before is there all the same.
    let _ = MultiGzDecoder::new(bytes).take(TEXT).read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text);
    let mut preview = Preview::default();
    // A line without its end may be half of one.
    let lines = text
        .split_inclusive('\n')
        .filter_map(|line| line.strip_suffix('\n'));
    for line in lines {
        if line.starts_with("##") {
            if preview.header.len() < HEADER_LINES {
                preview.header.push(short(line));
            } else {
                preview.header_left_out += 1;
            }
        } else if let Some(columns) = line.strip_prefix('#') {
            let columns: Vec<&str> = columns.split('\t').collect();
            preview.samples_left_out = columns.len().saturating_sub(FIXED + SAMPLES);
            preview.columns = columns
                .into_iter()
                .take(FIXED + SAMPLES)
                .map(short)
                .collect();
        } else if preview.records.len() < RECORDS {
            preview
                .records
                .push(line.split('\t').take(FIXED + SAMPLES).map(short).collect());
        } else {
            break;
        }
    }
    preview
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_file_whose_end_is_missing_is_shown_as_far_as_it_goes() {
        let head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts1\ts2\ts3\ts4\ts5\ts6\ts7\n";
        let record = |n: u32| format!("chr1\t{n}\t.\tA\tC\t.\t.\t.\tGT{}\n", "\t0/1".repeat(7));
        let mut bytes = packed(&format!("{head}{}", record(1)));
        let second = packed(&(2..5000).map(record).collect::<String>());
        bytes.extend(&second[..second.len() / 2]);
        let preview = begins(&bytes);
        assert_eq!(preview.header, ["##fileformat=VCFv4.2"]);
        assert_eq!((preview.columns.len(), preview.samples_left_out), (15, 1));
        assert_eq!(preview.records.len(), 10);
        assert_eq!(preview.records[9][1], "10");
    }

    #[test]
    fn what_is_no_vcf_has_no_records() {
        assert!(begins(b"no gzip at all").records.is_empty());
    }
}
