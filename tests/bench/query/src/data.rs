//! The files that are queried: generated once, kept between runs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use divbase_cohort::{Cohort, Layout, SplitSites};
use divbase_tests::TestResult;

/// Five files of 50 MB, each with other samples of the same sites; a tenth of that with `small`.
pub(crate) struct Data {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) samples: Vec<String>,
    /// About a hundredth of the sites.
    pub(crate) region: String,
}

impl Data {
    pub(crate) fn prepare(folder: &Path, small: bool) -> TestResult<Self> {
        let part = if small { 10 } else { 1 };
        let folder = folder.join(if small { "small" } else { "full" });
        let cohort = Cohort {
            seed: 5,
            samples: 1_000,
            records: 76_000 / part,
            scaffolds: 2,
            split_sites: SplitSites::All,
            ..Cohort::default()
        };
        let list = folder.join("files.txt");
        if !list.is_file() {
            fs::create_dir_all(&folder)?;
            let written = cohort.write(Layout::BySamples(5), &folder, "cohort")?;
            let names: Vec<_> = written
                .files
                .iter()
                .filter_map(|file| file.path.file_name())
                .map(|name| name.to_string_lossy().into_owned())
                .collect();
            fs::write(&list, names.join("\n"))?;
        }
        let length = cohort.records as u64 / 100 * cohort.spacing;
        Ok(Self {
            files: fs::read_to_string(&list)?
                .lines()
                .map(|name| folder.join(name))
                .collect(),
            samples: cohort.sample_names(),
            region: format!("{}1:{}-{}", cohort.scaffold_prefix, 5 * length, 6 * length),
        })
    }
}

/// The last part of a path, which is the object's key.
pub(crate) fn key(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
