//! The blocks of a bgzipped VCF file (SAM specification §4.1): how few bytes of it hold the records of a region.

use libdeflater::Decompressor;

use crate::{AnyError, TestResult};

/// Each block's bytes and its text.
fn blocks(file: &[u8]) -> TestResult<Vec<(usize, Vec<u8>)>> {
    let (mut at, mut found) = (0, vec![]);
    while let Some(head) = file.get(at..at + 18) {
        // `BC` is the first extra field of every file of these tests.
        let total = usize::from(u16::from_le_bytes([head[16], head[17]])) + 1;
        let block = file.get(at..at + total).ok_or("cut off")?;
        let size = block.last_chunk::<4>().ok_or("too short")?;
        let mut text = vec![0; u32::from_le_bytes(*size) as usize];
        Decompressor::new()
            .gzip_decompress(block, &mut text)
            .map_err(|error| AnyError::from(format!("block at {at}: {error}")))?;
        found.push((total, text));
        at += total;
    }
    Ok(found)
}

/// Bytes of the blocks that hold the header, or a record of this scaffold that begins in these positions (1-based, both
/// included).
///
/// # Errors
/// If the file is not bgzipped VCF.
pub fn least_bytes(file: &[u8], scaffold: &str, first: u64, last: u64) -> TestResult<u64> {
    let blocks = blocks(file)?;
    let text: Vec<u8> = blocks.iter().flat_map(|(_, text)| text.clone()).collect();
    let mut wanted = vec![false; blocks.len()];
    // The block of each byte is found by going along with the lines.
    let ends: Vec<usize> = blocks
        .iter()
        .scan(0, |end, (_, text)| {
            *end += text.len();
            Some(*end)
        })
        .collect();
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let begin = at;
        at += line.len();
        let text = String::from_utf8_lossy(line);
        let mut columns = text.split('\t');
        let is_wanted = text.starts_with('#')
            || (columns.next() == Some(scaffold)
                && columns
                    .next()
                    .and_then(|position| position.parse().ok())
                    .is_some_and(|position: u64| (first..=last).contains(&position)));
        if is_wanted {
            let from = ends.partition_point(|end| *end <= begin);
            let to = ends.partition_point(|end| *end < at);
            wanted[from..=to].fill(true);
        }
    }
    let bytes = blocks.iter().zip(wanted).filter(|(_, wanted)| *wanted);
    Ok(bytes.map(|((bytes, _), _)| *bytes as u64).sum())
}
