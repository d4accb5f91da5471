//! The files that are measured: generated once, kept between runs.

use std::fs;
use std::path::{Path, PathBuf};

use divbase_cohort::{Cohort, Field, Layout, Phasing, write_bgzf};
use divbase_vcf::bgzf::{Inflater, whole_blocks};

use crate::Anything;

/// Records of a stretch that a filter keeps; of so many stretches one is.
const STRETCH: usize = 200;
const ONE_OF: usize = 100;

/// Paths and sample names.
#[derive(Debug)]
pub(crate) struct Data {
    /// 2,500 samples, phased genotypes.
    pub(crate) cohort: PathBuf,
    /// Its sample groups.
    pub(crate) groups: PathBuf,
    /// Ten of its samples, spread over it.
    pub(crate) samples: Vec<String>,
    /// 100 samples; QUAL is 900 and more in a hundredth of the records, which stand together as regions of one kind do.
    pub(crate) stretches: PathBuf,
}

impl Data {
    /// Generates what is not there yet.
    pub(crate) fn prepare(folder: &Path, small: bool) -> Result<Self, Anything> {
        let part = if small { 10 } else { 1 };
        let folder = folder.join(if small { "small" } else { "full" });
        fs::create_dir_all(&folder)?;
        let cohort = Cohort {
            samples: 2_500,
            records: 24_000 / part,
            scaffolds: 2,
            fields: vec![Field::Gt],
            phasing: Phasing::Phased,
            missing: 0.0,
            ..Cohort::default()
        };
        let reads = Cohort {
            samples: 100,
            records: 100_000 / part,
            scaffolds: 2,
            seed: 3,
            ..Cohort::default()
        };
        let stretches = folder.join("stretches.vcf.gz");
        if !stretches.exists() {
            let plain = made(&reads, &folder, "reads")?;
            write_bgzf(&stretches, &in_stretches(&fs::read(plain)?)?)?;
        }
        let names = cohort.sample_names();
        Ok(Self {
            cohort: made(&cohort, &folder, "cohort")?,
            groups: folder.join("cohort.groups"),
            samples: (0..10)
                .map(|n| names[(n * 251 + 17) % names.len()].clone())
                .collect(),
            stretches,
        })
    }
}

fn made(cohort: &Cohort, folder: &Path, name: &str) -> Result<PathBuf, Anything> {
    let path = folder.join(format!("{name}.vcf.gz"));
    if !path.exists() {
        let written = cohort.write(Layout::Whole, folder, name)?;
        let file = written.files.first().ok_or("no file was written")?;
        if file.path != path {
            fs::rename(&file.path, &path)?;
        }
    }
    Ok(path)
}

/// The text of a bgzipped file with another QUAL in each record.
fn in_stretches(bytes: &[u8]) -> Result<Vec<u8>, Anything> {
    let mut text = Vec::new();
    let mut inflater = Inflater::default();
    for (at, header) in whole_blocks(bytes, 0)? {
        inflater.inflate(&bytes[at..at + header.total], header, at as u64, &mut text)?;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut record = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"#") {
            out.extend_from_slice(line);
            continue;
        }
        let is_kept = record / STRETCH % ONE_OF == ONE_OF / 2;
        let quality = if is_kept { 900 } else { 20 } + record % 77;
        record += 1;
        for (column, value) in line.split(|byte| *byte == b'\t').enumerate() {
            if column > 0 {
                out.push(b'\t');
            }
            match column {
                5 => out.extend_from_slice(quality.to_string().as_bytes()),
                _ => out.extend_from_slice(value),
            }
        }
    }
    Ok(out)
}
