//! Real files from the folder `shared/data` beside the checkout, if it is there.

use std::fs;
use std::path::{Path, PathBuf};

use super::DataSet;
use crate::Error;
use crate::oracle::Oracle;

/// Opens copies of all VCF files that bcftools reads; those that are broken on purpose are left out.
pub(super) fn open(real: &Path, folder: &Path, oracle: &mut Oracle) -> Result<Vec<DataSet>, Error> {
    let mut paths = Vec::new();
    for group in ["real", "divbase"] {
        let group = real.join(group);
        if let Ok(entries) = fs::read_dir(&group) {
            paths.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    paths.sort();
    let is_vcf = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".vcf") || name.ends_with(".vcf.gz")
    };
    let mut sets = Vec::new();
    for path in paths.into_iter().filter(is_vcf) {
        let file_name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let copy = folder.join(&file_name);
        fs::copy(&path, &copy).map_err(Error::io(&path))?;
        let readable = ["view", "-H", &copy.display().to_string()];
        if oracle.must(&readable, &folder.join("scratch")).is_err() {
            continue;
        }
        // A file compressed with plain gzip is for the tests of errors.
        let name = file_name.split(".vcf").next().unwrap_or_default();
        if let Ok(set) = DataSet::open(name, &copy, oracle, &folder.join("scratch")) {
            sets.push(set);
        }
    }
    Ok(sets)
}
