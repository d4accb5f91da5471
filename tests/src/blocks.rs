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

/// Bytes of the blocks that hold these pieces of the text.
fn bytes_of(blocks: &[(usize, Vec<u8>)], wanted: impl Iterator<Item = (usize, usize)>) -> u64 {
    let ends: Vec<usize> = blocks
        .iter()
        .scan(0, |end, (_, text)| {
            *end += text.len();
            Some(*end)
        })
        .collect();
    let mut is_wanted = vec![false; blocks.len()];
    for (begin, end) in wanted {
        let from = ends.partition_point(|other| *other <= begin);
        let to = ends.partition_point(|other| *other < end);
        is_wanted[from..=to].fill(true);
    }
    let bytes = blocks.iter().zip(is_wanted).filter(|(_, wanted)| *wanted);
    bytes.map(|((bytes, _), _)| *bytes as u64).sum()
}

/// Bytes of the blocks that hold the header, or a record of this scaffold that begins in these positions (1-based, both
/// included).
///
/// # Errors
/// If the file is not bgzipped VCF.
pub fn least_bytes(file: &[u8], scaffold: &str, first: u64, last: u64) -> TestResult<u64> {
    let blocks = blocks(file)?;
    let text: Vec<u8> = blocks.iter().flat_map(|(_, text)| text.clone()).collect();
    let mut at = 0;
    let lines = text.split_inclusive(|byte| *byte == b'\n').map(|line| {
        at += line.len();
        (line, at - line.len(), at)
    });
    let wanted = lines.filter_map(|(line, begin, end)| {
        let text = String::from_utf8_lossy(line);
        let mut columns = text.split('\t');
        let is_wanted = text.starts_with('#')
            || (columns.next() == Some(scaffold)
                && columns
                    .next()
                    .and_then(|position| position.parse().ok())
                    .is_some_and(|position: u64| (first..=last).contains(&position)));
        is_wanted.then_some((begin, end))
    });
    Ok(bytes_of(&blocks, wanted))
}

/// As [`least_bytes`], of a BCF file (BCF 2.2 specification): records of the scaffold that the header declares in this
/// place, from 0.
///
/// # Errors
/// If the file is not BCF.
pub fn least_bytes_of_bcf(file: &[u8], scaffold: i32, first: u64, last: u64) -> TestResult<u64> {
    let blocks = blocks(file)?;
    let bytes: Vec<u8> = blocks.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let number = |at: usize| -> TestResult<i32> {
        let four = bytes.get(at..at + 4).ok_or("cut off")?;
        Ok(i32::from_le_bytes(four.try_into()?))
    };
    // Magic bytes, the length of the header, and the header.
    let header = 9 + usize::try_from(number(5)?)?;
    let (mut at, mut wanted) = (header, vec![(0, header)]);
    while at < bytes.len() {
        let lengths = usize::try_from(number(at)?)? + usize::try_from(number(at + 4)?)?;
        let end = at + 8 + lengths;
        // Positions are counted from 0.
        let position = u64::try_from(number(at + 12)?)? + 1;
        if number(at + 8)? == scaffold && (first..=last).contains(&position) {
            wanted.push((at, end));
        }
        at = end;
    }
    Ok(bytes_of(&blocks, wanted.into_iter()))
}
