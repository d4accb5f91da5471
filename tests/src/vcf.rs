//! Small VCF files whose every byte a test decides.

use std::{fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use divbase_cohort::write_bgzf;
use md5::{Digest, Md5};

use crate::{AnyError, TestResult};

/// The text of a VCF: a header with these samples, two scaffolds, and records from (scaffold, position) whose
/// genotypes differ from sample to sample.
#[must_use]
pub fn text(samples: &[&str], sites: &[(&str, u32)]) -> String {
    let mut text = String::from(
        "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
         ##contig=<ID=1,length=1000000>\n##contig=<ID=2,length=1000000>\n##contig=<ID=10,length=1000000>\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    );
    if !samples.is_empty() {
        text += "\tFORMAT";
    }
    for sample in samples {
        text += &format!("\t{sample}");
    }
    text.push('\n');
    for (number, (scaffold, position)) in sites.iter().enumerate() {
        text += &format!("{scaffold}\t{position}\t.\tA\tG\t{}\tPASS\t.", 20 + number);
        if !samples.is_empty() {
            text += "\tGT";
        }
        for column in 0..samples.len() {
            text += ["\t0/1", "\t0/0", "\t1/1"][(number + column) % 3];
        }
        text.push('\n');
    }
    text
}

/// Writes text as bgzip does.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(path: &Path, text: &str) -> TestResult {
    write_bgzf(path, text.as_bytes()).map_err(AnyError::from)
}

/// The bytes that [`write`] writes.
///
/// # Errors
/// If no temporary file can be written.
pub fn bgzipped(text: &str) -> TestResult<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("x.vcf.gz");
    write(&path, text)?;
    Ok(fs::read(path)?)
}

/// The checksum that an upload is announced with.
#[must_use]
pub fn content_md5(bytes: &[u8]) -> String {
    BASE64.encode(Md5::digest(bytes))
}
