//! Records along the scaffolds of a project, added over its files.

use std::collections::BTreeMap;

use divbase_db::Sidecar;
use divbase_vcf::stats::Statistics;

use super::ProjectFacts;
use crate::{Result, ServiceError, Services};

/// Files whose statistics are read for a picture of a project; a project of more has none.
const MOST_FILES: usize = 100;

/// Scaffolds that are kept, those with the most records.
const MOST_SCAFFOLDS: usize = 24;

/// Records along one scaffold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Density {
    /// The scaffold.
    pub name: String,
    /// Bases of a bin; the first begins at position 0.
    pub width: u64,
    /// Records of each bin.
    pub records: Vec<u64>,
}

impl ProjectFacts {
    /// Of the scaffolds with the most records; nothing of a project of many files. Read once while the project stays the same.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn density(&self, services: &Services) -> Result<&[Density]> {
        let read = || async {
            if self.files.len() > MOST_FILES {
                return Ok(Vec::new());
            }
            let mut added: BTreeMap<String, Density> = BTreeMap::new();
            for file in &self.files {
                let mut sidecar = services
                    .db
                    .file_sidecars(&[file.id], Sidecar::Statistics)
                    .await?;
                let found = sidecar
                    .remove(&file.id)
                    .and_then(|bytes| Statistics::parse(&bytes));
                let Some(found) = found else { continue };
                let names = file.scaffolds.names();
                for scaffold in found.density.scaffolds {
                    let Some(name) = names.get(scaffold.scaffold) else {
                        continue;
                    };
                    let other = Density {
                        name: name.clone(),
                        width: scaffold.width,
                        records: scaffold.records,
                    };
                    match added.get_mut(name) {
                        Some(known) => known.add(other),
                        None => {
                            added.insert(name.clone(), other);
                        }
                    }
                }
            }
            let mut all: Vec<Density> = added.into_values().collect();
            all.sort_by_key(|one| std::cmp::Reverse(one.records.iter().sum::<u64>()));
            all.truncate(MOST_SCAFFOLDS);
            Ok::<_, ServiceError>(all)
        };
        Ok(self.density.get_or_try_init(read).await?)
    }
}

impl Density {
    /// Adds another of the same scaffold. Widths are powers of two times one width, so that the wider one is a multiple of the other.
    fn add(&mut self, mut other: Self) {
        if self.width < other.width {
            self.widen(other.width);
        } else {
            other.widen(self.width);
        }
        if self.records.len() < other.records.len() {
            self.records.resize(other.records.len(), 0);
        }
        for (mine, more) in self.records.iter_mut().zip(other.records) {
            *mine += more;
        }
    }

    fn widen(&mut self, width: u64) {
        let together = (width / self.width.max(1)).max(1);
        let chunks = self
            .records
            .chunks(usize::try_from(together).unwrap_or(usize::MAX));
        self.records = chunks.map(|bins| bins.iter().sum()).collect();
        self.width = width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_of_two_widths_are_added() {
        let of = |width, records: &[u64]| Density {
            name: "chr1".to_owned(),
            width,
            records: records.to_vec(),
        };
        let mut added = of(10, &[1, 2, 3]);
        added.add(of(20, &[10, 0, 5]));
        assert_eq!(added, of(20, &[13, 3, 5]));
        added.add(of(10, &[1]));
        assert_eq!(added, of(20, &[14, 3, 5]));
    }
}
