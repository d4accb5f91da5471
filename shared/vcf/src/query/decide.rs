//! How files become one result, decided from their sample lists and extents alone. Pure: reads no file,
//! so a planner can ask before anything is fetched. The decision says what is done, never whether a user
//! may ask for it.

use hashbrown::{HashMap, HashSet};
use std::fmt;

/// What is known of a file without reading it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'f> {
    /// Its name, for messages.
    pub name: &'f str,
    /// All its samples in column order.
    pub samples: &'f [String],
    /// Where its records lie; empty if that is not known.
    pub extents: &'f [Extent],
}

/// The part of a scaffold that the records of a file span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// Its name.
    pub scaffold: String,
    /// POS of the first record, 1-based.
    pub first: u64,
    /// POS of the last record, 1-based, inclusive.
    pub last: u64,
}

/// In one word, what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Combination {
    /// There is one file.
    Single,
    /// All files have the same samples in the same order.
    Concat,
    /// All files have the same samples; columns are brought into the order of the first file.
    Reorder,
    /// No sample is in files of different groups.
    Merge,
    /// Samples are in files of different groups: each is taken from the file that has it at a site.
    Join,
}

/// Two files of a group that have records on the same part of a scaffold, so that records of one site
/// can be in both. Of files that overlap many others not every pair is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// Place of the first file.
    pub one: usize,
    /// Place of the second file.
    pub other: usize,
    /// The part that both span.
    pub extent: Extent,
}

/// A sample of two groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedSample {
    /// Its name.
    pub name: String,
    /// Place of the first file that has it.
    pub one: usize,
    /// Place of a file of another group that has it too.
    pub other: usize,
}

/// How files become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Files by place, in the order they were given. Those of a group have the same samples.
    pub groups: Vec<Vec<usize>>,
    /// Files whose columns stand in another order than in the first file of their group.
    pub reordered: Vec<usize>,
    /// Samples that are in more than one group, each named once.
    pub shared: Vec<SharedSample>,
    /// Files of one group with overlapping extents.
    pub overlaps: Vec<Overlap>,
    names: Vec<String>,
}

/// Decides how files become one.
#[must_use]
pub fn decide(files: &[Facts<'_>]) -> Decision {
    let mut decision = Decision {
        groups: Vec::new(),
        reordered: Vec::new(),
        shared: Vec::new(),
        overlaps: Vec::new(),
        names: files.iter().map(|file| file.name.to_owned()).collect(),
    };
    let mut by_samples: HashMap<Vec<&str>, usize> = HashMap::new();
    let mut owners: HashMap<&str, usize> = HashMap::new();
    let mut shared: HashSet<&str> = HashSet::new();
    // Callers often give many files the very same list: it is sorted once.
    let mut by_list: HashMap<(*const String, usize), (usize, bool)> = HashMap::new();
    for (place, file) in files.iter().enumerate() {
        let list = (file.samples.as_ptr(), file.samples.len());
        if let Some((group, reordered)) = by_list.get(&list) {
            decision.groups[*group].push(place);
            decision.reordered.extend(reordered.then_some(place));
            continue;
        }
        let mut sorted: Vec<&str> = file.samples.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        if let Some(number) = by_samples.get(&sorted) {
            let group = &mut decision.groups[*number];
            let reordered = files[group[0]].samples != file.samples;
            decision.reordered.extend(reordered.then_some(place));
            group.push(place);
            by_list.insert(list, (*number, reordered));
            continue;
        }
        by_list.insert(list, (decision.groups.len(), false));
        for sample in &sorted {
            match owners.get(sample) {
                None => {
                    owners.insert(sample, place);
                }
                Some(owner) if shared.insert(*sample) => {
                    decision.shared.push(SharedSample {
                        name: (*sample).to_owned(),
                        one: *owner,
                        other: place,
                    });
                }
                Some(_) => {}
            }
        }
        by_samples.insert(sorted, decision.groups.len());
        decision.groups.push(vec![place]);
    }
    let overlaps = decision.groups.iter().flat_map(|g| overlaps(files, g));
    decision.overlaps = overlaps.collect();
    decision
}

/// The overlaps of a group. An extent is compared with the one before it that reaches furthest, so each is named
/// with one other file, whatever their number.
fn overlaps(files: &[Facts<'_>], group: &[usize]) -> Vec<Overlap> {
    let mut extents: Vec<(usize, &Extent)> = group
        .iter()
        .flat_map(|place| files[*place].extents.iter().map(|extent| (*place, extent)))
        .collect();
    extents.sort_by_key(|(place, extent)| (&extent.scaffold, extent.first, *place));
    let mut found = Vec::new();
    let mut furthest: Option<(usize, &Extent)> = None;
    for (place, extent) in extents {
        match furthest {
            Some((other, reached)) if reached.scaffold == extent.scaffold => {
                if extent.first <= reached.last && place != other {
                    found.push(Overlap {
                        one: other.min(place),
                        other: other.max(place),
                        extent: Extent {
                            scaffold: extent.scaffold.clone(),
                            first: extent.first,
                            last: extent.last.min(reached.last),
                        },
                    });
                }
                if extent.last > reached.last {
                    furthest = Some((place, extent));
                }
            }
            _ => furthest = Some((place, extent)),
        }
    }
    found.sort_by_key(|overlap| (overlap.one, overlap.other));
    found
}

impl Decision {
    /// In one word.
    #[must_use]
    pub fn combination(&self) -> Combination {
        match self.groups.as_slice() {
            [] | [_] if self.names.len() < 2 => Combination::Single,
            [_] if self.reordered.is_empty() => Combination::Concat,
            [_] => Combination::Reorder,
            _ if self.shared.is_empty() => Combination::Merge,
            _ => Combination::Join,
        }
    }

    fn list(&self, places: &[usize]) -> String {
        let names: Vec<&str> = places.iter().map(|place| &*self.names[*place]).collect();
        names.join(", ")
    }
}

impl fmt::Display for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Single => "single",
            Self::Concat => "concat",
            Self::Reorder => "reorder",
            Self::Merge => "merge",
            Self::Join => "join",
        })
    }
}

/// One sentence per fact, for logs and previews.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.combination() {
            Combination::Single => write!(f, "One file, nothing is joined.")?,
            Combination::Concat | Combination::Reorder => write!(
                f,
                "{} files with the same samples are concatenated in genomic order.",
                self.names.len()
            )?,
            Combination::Merge => write!(
                f,
                "{} groups of files with different samples are merged.",
                self.groups.len()
            )?,
            Combination::Join => write!(
                f,
                "{} groups of files share {} samples and are joined: each sample is taken from the file \
                 that has it at a site.",
                self.groups.len(),
                self.shared.len()
            )?,
        }
        if self.groups.len() > 1 {
            for group in self.groups.iter().filter(|group| group.len() > 1) {
                write!(
                    f,
                    " Concatenated before, for they have the same samples: {}.",
                    self.list(group)
                )?;
            }
        }
        if !self.reordered.is_empty() {
            write!(
                f,
                " Sample columns are put in the order of the first file: {}.",
                self.list(&self.reordered)
            )?;
        }
        for shared in self.shared.iter().take(3) {
            let (one, other) = (&self.names[shared.one], &self.names[shared.other]);
            write!(f, " Sample {} is in {one} and in {other}.", shared.name)?;
        }
        for overlap in self.overlaps.iter().take(3) {
            let (one, other) = (&self.names[overlap.one], &self.names[overlap.other]);
            let Extent {
                scaffold,
                first,
                last,
            } = &overlap.extent;
            write!(
                f,
                " {one} and {other} both have records in {scaffold}:{first}-{last}."
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(files: &[(&str, &[&str], (u64, u64))]) -> Decision {
        let owned: Vec<(Vec<String>, Vec<Extent>)> = files
            .iter()
            .map(|(_, samples, (first, last))| {
                let extent = Extent {
                    scaffold: "1".to_owned(),
                    first: *first,
                    last: *last,
                };
                (
                    samples.iter().map(|s| (*s).to_owned()).collect(),
                    vec![extent],
                )
            })
            .collect();
        let facts: Vec<_> = files
            .iter()
            .zip(&owned)
            .map(|((name, ..), (samples, extents))| Facts {
                name,
                samples,
                extents,
            })
            .collect();
        decide(&facts)
    }

    #[test]
    fn the_relation_of_the_samples_decides() {
        let of = |files: &[(&str, &[&str], (u64, u64))]| decided(files).combination();
        let a = ("a", &["x", "y"][..], (1, 9));
        assert_eq!(of(&[a]), Combination::Single);
        assert_eq!(of(&[a, ("b", &["x", "y"], (20, 30))]), Combination::Concat);
        assert_eq!(of(&[a, ("b", &["y", "x"], (20, 30))]), Combination::Reorder);
        assert_eq!(of(&[a, ("b", &["z"], (1, 9))]), Combination::Merge);
        assert_eq!(of(&[a, ("b", &["y", "z"], (1, 9))]), Combination::Join);
    }

    #[test]
    fn a_decision_says_which_files_and_samples_it_is_about() {
        let decision = decided(&[
            ("a", &["x", "y"], (1, 9)),
            ("b", &["y", "x"], (5, 30)),
            ("c", &["y", "z"], (1, 9)),
        ]);
        assert_eq!(decision.groups, [vec![0, 1], vec![2]]);
        assert_eq!(decision.reordered, [1]);
        let text = decision.to_string();
        for part in [
            "2 groups of files share 1 samples and are joined",
            "the same samples: a, b.",
            "order of the first file: b.",
            "Sample y is in a and in c.",
            "a and b both have records in 1:5-9.",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
