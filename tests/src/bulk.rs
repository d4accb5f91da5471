//! VCF files of a chosen size that bgzip cannot make much smaller.

use std::path::Path;

use divbase_cohort::{Rng, write_bgzf};

use crate::{AnyError, TestResult};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

/// Bytes of text in a record. A letter holds six bits of chance, so a compressed file has three quarters of it.
const NOISE: usize = 16 << 10;

/// Writes a VCF of one sample that has about `mebibytes` when it is compressed; gives the number of its records.
///
/// # Errors
/// If it cannot be written.
pub fn write(path: &Path, mebibytes: usize) -> TestResult<usize> {
    let records = (mebibytes << 20) * 4 / 3 / NOISE;
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n##contig=<ID=1,length=100000000>\n\
         ##INFO=<ID=NOISE,Number=1,Type=String,Description=\"Letters by chance\">\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n",
    )
    .into_bytes();
    text.reserve(records * (NOISE + 64));
    let mut rng = Rng::new(5);
    for record in 1..=records {
        text.extend_from_slice(format!("1\t{record}\t.\tA\tG\t30\tPASS\tNOISE=").as_bytes());
        for _ in 0..NOISE / 8 {
            let bits = rng.next_u64();
            text.extend((0..8).map(|place| LETTERS[(bits >> (place * 6)) as usize & 63]));
        }
        text.extend_from_slice(b"\tGT\t0/1\n");
    }
    write_bgzf(path, &text).map_err(AnyError::from)?;
    Ok(records)
}
