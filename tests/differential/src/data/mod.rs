//! The data sets: generated cohorts, dialects, and real files where they are present.

mod cut;
mod dense;
mod families;
mod gvcf;
mod lists;
mod real;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use divbase_cohort::{Cohort, Field, Layout, Phasing, dialect, write_bgzf};

use crate::Error;
use crate::case::view::Access;
use crate::oracle::Oracle;
use crate::profile::Profile;

pub use families::{Family, Relation};
pub use lists::Lists;

/// One file and what it contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSet {
    /// Short name for reports.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Its contents.
    pub profile: Profile,
    /// Whether there is an index beside it.
    pub access: Access,
    /// Files of regions and of IDs that records have.
    pub lists: Lists,
}

/// Everything that commands can be asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// Files for `view`.
    pub sets: Vec<DataSet>,
    /// Groups of files for `merge` and `concat`.
    pub families: Vec<Family>,
}

impl DataSet {
    /// Reads a file, or a bgzipped copy of it in `folder`, and indexes it if it can be.
    pub(crate) fn open(
        name: &str,
        path: &Path,
        oracle: &mut Oracle,
        scratch: &Path,
    ) -> Result<Self, Error> {
        let text = read_text(path)?;
        let indexed = oracle.must(&["index", "-f", "-c", &path.display().to_string()], scratch);
        let profile = Profile::of(&text);
        Ok(Self {
            name: name.to_owned(),
            path: path.to_owned(),
            lists: Lists::write(path, &profile)?,
            profile,
            access: if indexed.is_ok() {
                Access::Indexed
            } else {
                Access::Streamed
            },
        })
    }

    /// Writes a text as a bgzipped data set.
    pub(crate) fn write(
        name: &str,
        folder: &Path,
        text: &str,
        oracle: &mut Oracle,
    ) -> Result<Self, Error> {
        let path = folder.join(format!("{name}.vcf.gz"));
        write_bgzf(&path, text.as_bytes())?;
        Self::open(name, &path, oracle, &folder.join("scratch"))
    }
}

impl DataSet {
    /// The same as BCF that bcftools wrote; nothing if bcftools cannot write it.
    fn as_bcf(&self, oracle: &mut Oracle, scratch: &Path) -> Option<Self> {
        let mut path = self.path.clone().into_os_string();
        path.push(".bcf");
        let path = PathBuf::from(path);
        let (from, to) = (self.path.display().to_string(), path.display().to_string());
        oracle
            .must(&["view", "--no-version", "-Ob", "-o", &to, &from], scratch)
            .ok()?;
        let indexed = oracle.must(&["index", "-f", &to], scratch);
        Some(Self {
            name: format!("{}.bcf", self.name),
            path,
            profile: self.profile.clone(),
            lists: self.lists.clone(),
            access: if indexed.is_ok() {
                Access::Indexed
            } else {
                Access::Streamed
            },
        })
    }
}

/// The text of a plain or bgzipped file; bytes that are not UTF-8 are replaced.
pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    let mut bytes = fs::read(path).map_err(Error::io(path))?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut text = Vec::new();
        let mut reader = noodles_bgzf::io::Reader::new(bytes.as_slice());
        reader.read_to_end(&mut text).map_err(Error::io(path))?;
        bytes = text;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Data {
    /// Writes and indexes everything in a folder; real files come from `real` if it exists.
    ///
    /// # Errors
    ///
    /// If the folder cannot be written or the oracle is not there.
    pub fn prepare(folder: &Path, real: Option<&Path>, oracle: &mut Oracle) -> Result<Self, Error> {
        let mut sets = Vec::new();
        let scratch = folder.join("scratch");
        for (name, cohort) in cohorts() {
            let written = cohort.write(Layout::Whole, folder, name)?;
            sets.push(DataSet::open(
                name,
                &written.files[0].path,
                oracle,
                &scratch,
            )?);
        }
        for name in ["caller", "phased", "everything", "sparse"] {
            // Blocks of a file that bcftools wrote can pass unchanged.
            let from = folder.join(format!("{name}.vcf.gz")).display().to_string();
            let path = folder.join(format!("{name}.canonical.vcf.gz"));
            let to = path.display().to_string();
            oracle.must(&["view", "--no-version", "-Oz", "-o", &to, &from], &scratch)?;
            sets.push(DataSet::open(
                &format!("{name}.canonical"),
                &path,
                oracle,
                &scratch,
            )?);
        }
        for dialect in dialect::ALL {
            let path = dialect.write(folder)?;
            sets.push(DataSet::open(dialect.name, &path, oracle, &scratch)?);
        }
        if let Some(real) = real {
            sets.append(&mut real::open(real, folder, oracle)?);
        }
        let mut families = families::prepare(folder, &sets, oracle)?;
        let as_bcf = |set: &DataSet| set.as_bcf(oracle, &scratch);
        let mut twins: Vec<DataSet> = sets.iter().filter_map(as_bcf).collect();
        sets.append(&mut twins);
        let mut twins = Vec::new();
        for family in &families {
            let members: Option<Vec<DataSet>> = family
                .members
                .iter()
                .map(|member| {
                    let twin = member.as_bcf(oracle, &scratch);
                    twin.filter(|twin| twin.access == Access::Indexed)
                })
                .collect();
            if let Some(members) = members {
                twins.push(Family {
                    name: format!("{}.bcf", family.name),
                    members,
                    ..family.clone()
                });
            }
        }
        families.append(&mut twins);
        Ok(Self { sets, families })
    }
}

/// Cohorts that differ in what their records carry.
fn cohorts() -> Vec<(&'static str, Cohort)> {
    use Field::{Ab, Ad, Dp, Ds, Ft, Gl, Gp, Gq, Gt, Hq, Pl, Ps};
    let base = Cohort {
        records: 600,
        samples: 24,
        ..Cohort::default()
    };
    vec![
        ("caller", base.clone()),
        (
            "phased",
            Cohort {
                seed: 2,
                fields: vec![Gt],
                phasing: Phasing::Phased,
                ..base.clone()
            },
        ),
        (
            "everything",
            Cohort {
                seed: 3,
                samples: 7,
                fields: vec![Gt, Ad, Dp, Gq, Pl, Gl, Gp, Ds, Ab, Hq, Ft, Ps],
                phasing: Phasing::Mixed,
                missing: 0.15,
                multiallelic: 0.3,
                indels: 0.3,
                repeated: 0.1,
                ..base.clone()
            },
        ),
        (
            "sitesonly",
            Cohort {
                seed: 4,
                fields: Vec::new(),
                ..base.clone()
            },
        ),
        (
            "single",
            Cohort {
                seed: 5,
                samples: 1,
                missing: 0.2,
                ..base.clone()
            },
        ),
        (
            "sparse",
            Cohort {
                seed: 6,
                samples: 60,
                missing: 0.6,
                multiallelic: 0.2,
                scaffolds: 12,
                fields: vec![Gt, Dp, Ft, Ds],
                phasing: Phasing::Mixed,
                ..base
            },
        ),
    ]
}
