//! Files of regions and of IDs, for `-R`, `-T` and `@FILE`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use divbase_cohort::{Rng, write_bgzf};

use crate::Error;
use crate::profile::Profile;

/// Files that name places and IDs of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    /// Of regions, in the forms that bcftools reads: tabs, BED, positions, compressed.
    pub regions: Vec<PathBuf>,
    /// Of IDs.
    pub ids: PathBuf,
}

impl Lists {
    /// Writes them beside a data set.
    pub(super) fn write(path: &Path, profile: &Profile) -> Result<Self, Error> {
        let seed: u64 = path
            .file_name()
            .map_or(0, |name| name.len() as u64 + profile.records as u64);
        let mut rng = Rng::stream(9, &[seed]);
        // Not the name of the data set, beside which htslib would find an index.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = |ending: &str| path.with_file_name(format!("lists-{name}{ending}"));
        let (mut tabs, mut bed) = (String::from("#chrom\tfrom\tto\n"), String::new());
        let mut positions = String::new();
        for (name, known) in profile.positions.iter().take(6) {
            for _ in 0..1 + rng.index(4) {
                let from = known[rng.index(known.len())].max(1);
                let to = from + rng.below(400);
                // Writing to a string does not fail.
                let _ = writeln!(tabs, "{name}\t{from}\t{to}\tmore");
                let _ = writeln!(bed, "{name}\t{}\t{to}", from - 1);
                let _ = writeln!(positions, "{name}\t{from}");
            }
        }
        if positions.is_empty() {
            tabs.push_str("1\t1\t9\n");
            bed.push_str("1\t0\t9\n");
            positions.push_str("1\t5\n");
        }
        let lists = Self {
            regions: [".tsv", ".bed", ".positions", ".bed.gz"]
                .map(beside)
                .to_vec(),
            ids: beside(".ids"),
        };
        for (path, text) in lists.regions.iter().zip([&tabs, &bed, &positions]) {
            fs::write(path, text).map_err(Error::io(path))?;
        }
        write_bgzf(&lists.regions[3], bed.as_bytes())?;
        let mut ids = String::from("nothing\n\n");
        for (nth, id) in profile.ids.iter().enumerate() {
            if nth % 3 != 2 {
                let _ = writeln!(ids, "{id}{}", ["", " more", "\tmore"][nth % 3]);
            }
        }
        fs::write(&lists.ids, ids).map_err(Error::io(&lists.ids))?;
        Ok(lists)
    }
}
