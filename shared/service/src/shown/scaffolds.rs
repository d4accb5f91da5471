//! The scaffolds of a project, over all of its files.

use std::collections::HashMap;

use divbase_db::VcfVersion;

use super::ProjectFacts;

/// What there is on a scaffold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaffoldFacts {
    /// Its name.
    pub name: String,
    /// Files that have records on it.
    pub files: usize,
    /// Records of all of them.
    pub records: u64,
    /// Position of the first record, 1-based.
    pub first: u64,
    /// Position of the last record.
    pub last: u64,
}

impl ProjectFacts {
    /// Those that have records, in the order in which the files name them.
    pub fn scaffolds(&self) -> &[ScaffoldFacts] {
        self.scaffolds.get_or_init(|| {
            let mut all: Vec<ScaffoldFacts> = Vec::new();
            let mut places: HashMap<&str, usize> = HashMap::new();
            for (name, extent) in self.files.iter().flat_map(|file| file.scaffolds.iter()) {
                let place = *places.entry(name).or_insert(all.len());
                if place == all.len() {
                    all.push(ScaffoldFacts {
                        name: name.to_owned(),
                        files: 0,
                        records: 0,
                        first: u64::MAX,
                        last: 0,
                    });
                }
                let known = &mut all[place];
                known.files += 1;
                known.records += extent.records;
                known.first = known.first.min(extent.first);
                known.last = known.last.max(extent.last);
            }
            all
        })
    }

    /// Files whose records reach into a part of a scaffold, by key: their first and last record there do not both lie before or behind
    /// it.
    pub fn files_at(
        &self,
        scaffold: &str,
        from: u64,
        to: u64,
    ) -> impl Iterator<Item = &VcfVersion> {
        self.files.iter().filter(move |file| {
            file.scaffolds
                .get(scaffold)
                .is_some_and(|extent| extent.first <= to && extent.last >= from)
        })
    }
}
