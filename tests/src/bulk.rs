//! VCF files of a chosen size that bgzip cannot make much smaller, made in a second or two.

use std::{fs, path::Path};

use divbase_cohort::Rng;
use libdeflater::{CompressionLvl, Compressor, crc32};

use crate::TestResult;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

/// Bytes of text in a record. A letter holds six bits of chance, so a compressed file has three quarters of it.
const NOISE: usize = 16 << 10;

/// Bases from a record to the next, so that an index has many intervals.
const APART: usize = 1_000;

/// Records draw from so much text in turn. Blocks are compressed one by one, so a repetition beyond a block is none.
const POOL: usize = 4 << 20;

/// Bytes of text in a block.
const BLOCK: usize = 0xff00;

/// The empty block that says that nothing is missing, in the one form that htslib takes (SAM specification §4.1.2).
const END: [u8; 28] = [
    31, 139, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67, 2, 0, 27, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// Writes a VCF of one sample that has about `mebibytes` when it is compressed; gives the number of its records.
///
/// # Errors
/// If it cannot be written.
pub fn write(path: &Path, mebibytes: usize) -> TestResult<usize> {
    let mut rng = Rng::new(5);
    let mut pool = Vec::with_capacity(POOL);
    while pool.len() < POOL {
        let bits = rng.next_u64();
        pool.extend((0..8).map(|place| LETTERS[(bits >> (place * 6)) as usize & 63]));
    }
    let records = (mebibytes << 20) * 4 / 3 / NOISE;
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n##contig=<ID=1,length=100000000>\n\
         ##INFO=<ID=NOISE,Number=1,Type=String,Description=\"Letters by chance\">\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n",
    )
    .into_bytes();
    text.reserve(records * (NOISE + 64));
    for record in 1..=records {
        let position = record * APART;
        text.extend_from_slice(format!("1\t{position}\t.\tA\tG\t30\tPASS\tNOISE=").as_bytes());
        let begin = (record % (POOL / NOISE)) * NOISE;
        text.extend_from_slice(&pool[begin..begin + NOISE]);
        text.extend_from_slice(b"\tGT\t0/1\n");
    }
    fs::write(path, bgzf(&text)?)?;
    Ok(records)
}

/// As bgzip, at the lowest level (SAM specification §4.1).
fn bgzf(text: &[u8]) -> TestResult<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::fastest());
    let mut file = Vec::with_capacity(text.len());
    for block in text.chunks(BLOCK) {
        let mut deflated = vec![0; compressor.deflate_compress_bound(block.len())];
        let size = compressor.deflate_compress(block, &mut deflated)?;
        // Header of 18 bytes and trailer of 8; the field holds one less than the whole.
        let whole = u16::try_from(size + 25)?;
        file.extend_from_slice(&[31, 139, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67, 2, 0]);
        file.extend_from_slice(&whole.to_le_bytes());
        file.extend_from_slice(&deflated[..size]);
        file.extend_from_slice(&crc32(block).to_le_bytes());
        file.extend_from_slice(&u32::try_from(block.len())?.to_le_bytes());
    }
    file.extend_from_slice(&END);
    Ok(file)
}
