//! The reference of a project, and what files contradict it in: lengths and digests of scaffolds and, where a manager
//! chose it, names. Says nothing of genotypes.

mod choose;
mod judge;

pub use choose::{set_aliases, set_reference};
pub(crate) use judge::judge_project;

use std::collections::HashMap;

use divbase_db::{NameList, ProjectReference, ReferenceMode, ReferenceScaffold, Scaffolds};
use divbase_vcf::{
    Header,
    reference::{Stated, hex, reaches_beyond, stated},
};

/// What is to be done about a file that contradicts the reference.
const REMEDY: &str = "Upload a file that is about that reference, or have a manager change it: 'divbase-cli project \
                      reference'.";

/// A reference, ready to be asked.
pub(crate) struct Reference {
    pub(crate) mode: ReferenceMode,
    pub(crate) source: Option<String>,
    pub(crate) scaffolds: Vec<ReferenceScaffold>,
    places: HashMap<String, usize>,
    aliases: HashMap<String, String>,
}

impl Reference {
    /// Of what is stored.
    pub(crate) fn of(stored: ProjectReference) -> Self {
        let mut reference = Self {
            mode: stored.mode,
            source: stored.source,
            scaffolds: Vec::new(),
            places: HashMap::new(),
            aliases: stored.aliases.into_iter().collect(),
        };
        for scaffold in stored.scaffolds {
            reference.add(scaffold);
        }
        reference
    }

    /// The name that a name stands for.
    pub(crate) fn canonical<'n>(&'n self, name: &'n str) -> &'n str {
        self.aliases.get(name).map_or(name, String::as_str)
    }

    fn add(&mut self, scaffold: ReferenceScaffold) {
        self.places
            .insert(scaffold.name.clone(), self.scaffolds.len());
        self.scaffolds.push(scaffold);
    }

    fn get(&self, name: &str) -> Option<&ReferenceScaffold> {
        self.scaffolds.get(*self.places.get(self.canonical(name))?)
    }

    fn named(&self) -> String {
        let source = self.source.as_deref();
        source.map_or_else(
            || "the project's reference".to_owned(),
            |source| format!("the project's reference (from '{source}')"),
        )
    }

    /// What a file says otherwise than the reference, first of all, with the way out: in its header, or with records.
    pub(crate) fn contradiction(&self, header: &Header, scaffolds: &Scaffolds) -> Option<String> {
        self.of_header(header)
            .or_else(|| self.of_records(scaffolds))
    }

    /// What a header says otherwise.
    pub(crate) fn of_header(&self, header: &Header) -> Option<String> {
        if self.mode == ReferenceMode::None {
            return None;
        }
        let found = stated(header).find_map(|one| self.contradicts(&one))?;
        Some(format!("{found}. {REMEDY}"))
    }

    /// Which records lie where the reference has nothing.
    pub(crate) fn of_records(&self, scaffolds: &Scaffolds) -> Option<String> {
        if self.mode == ReferenceMode::None {
            return None;
        }
        let found = scaffolds
            .iter()
            .find_map(|(name, extent)| self.lacks(name, extent.last))?;
        Some(format!("{found}. {REMEDY}"))
    }

    fn contradicts(&self, one: &Stated<'_>) -> Option<String> {
        let name = String::from_utf8_lossy(one.name);
        let known = self.get(&name)?;
        let called = match known.name == name {
            true => String::new(),
            false => format!(" (there {})", known.name),
        };
        if let Some(length) = one.length.filter(|length| *length != known.length) {
            return Some(format!(
                "scaffold {name} has {length} bases in this file and {} in {}{called}",
                known.length,
                self.named()
            ));
        }
        let digest = one.digest.as_ref().map(hex);
        match (&known.digest, digest) {
            (Some(expected), Some(digest)) if *expected != digest => Some(format!(
                "scaffold {name} has the digest {digest} in this file and {expected} in {}{called}",
                self.named()
            )),
            _ => None,
        }
    }

    /// A chosen reference has all scaffolds, and any has all of their bases.
    fn lacks(&self, name: &str, last: u64) -> Option<String> {
        match self.get(name) {
            Some(known) if reaches_beyond(last, 1, known.length) => Some(format!(
                "scaffold {name} has a record at position {last} in this file and {} bases in {}",
                known.length,
                self.named()
            )),
            None if self.mode == ReferenceMode::Chosen => Some(format!(
                "scaffold {name} is not in {}; if it has another name there, 'divbase-cli project reference alias' says \
                 so",
                self.named()
            )),
            Some(_) | None => None,
        }
    }

    /// Takes what a file says of scaffolds that are not known yet.
    fn learn(&mut self, header: &Header, key: &str) {
        for one in stated(header) {
            let (Ok(name), Some(length)) = (std::str::from_utf8(one.name), one.length) else {
                continue;
            };
            let name = self.canonical(name).to_owned();
            let digest = one.digest.as_ref().map(hex);
            match self.places.get(&name) {
                Some(place) => {
                    if let Some(known) = self.scaffolds.get_mut(*place) {
                        known.digest = known.digest.take().or(digest);
                    }
                }
                None => {
                    self.source.get_or_insert_with(|| key.to_owned());
                    self.add(ReferenceScaffold {
                        name,
                        length,
                        digest,
                    });
                }
            }
        }
    }

    /// Two names of one scaffold on which files have records, which a join would take for two scaffolds.
    pub(crate) fn two_names<'f>(
        &self,
        files: impl IntoIterator<Item = (&'f str, &'f NameList)>,
    ) -> Option<String> {
        if self.aliases.is_empty() {
            return None;
        }
        let mut known: HashMap<&str, (&str, &str)> = HashMap::new();
        for (key, names) in files {
            for name in names.iter() {
                let (first, other) = *known.entry(self.canonical(name)).or_insert((name, key));
                if first != name {
                    return Some(format!(
                        "scaffold {first} of '{other}' and {name} of '{key}' are the same one by the project's aliases. \
                         Give it one name in all files (`bcftools annotate --rename-chrs`)."
                    ));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use divbase_db::Extent;

    use super::*;

    fn header(contigs: &[&str]) -> Header {
        let lines: String = contigs
            .iter()
            .map(|one| format!("##contig=<ID={one}>\n"))
            .collect();
        let text =
            format!("##fileformat=VCFv4.3\n{lines}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
        Header::parse(text.as_bytes()).unwrap()
    }

    fn reference(mode: ReferenceMode, aliases: &[(&str, &str)]) -> Reference {
        Reference::of(ProjectReference {
            mode,
            source: Some("herring.fa.fai".to_owned()),
            scaffolds: [("chr1", 100), ("chr7", 700)]
                .map(|(name, length)| ReferenceScaffold {
                    name: name.to_owned(),
                    length,
                    digest: (name == "chr7").then(|| "0123456789abcdef".repeat(2)),
                })
                .into(),
            aliases: aliases
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect(),
            changed_at: None,
        })
    }

    fn names(list: &[&str]) -> NameList {
        let names: Vec<String> = list.iter().map(|name| (*name).to_owned()).collect();
        names.into()
    }

    /// `NAME:POS` of the last record of each scaffold.
    fn records(list: &str) -> Scaffolds {
        let all = list.split(' ').filter_map(|one| one.split_once(':'));
        let (names, extents): (Vec<String>, Vec<Extent>) = all
            .map(|(name, last)| {
                let extent = Extent {
                    records: 1,
                    first: 1,
                    last: last.parse().unwrap(),
                };
                (name.to_owned(), extent)
            })
            .unzip();
        Scaffolds::new(Arc::new(names.into()), extents)
    }

    #[test]
    fn a_file_that_contradicts_the_reference_is_told_with_scaffold_and_both_values() {
        let aliases = [("7", "chr7")];
        let chosen = ReferenceMode::Chosen;
        let files = ReferenceMode::Files;
        let digest = "chr7,length=700,md5=f123456789abcdef0123456789abcdef";
        let same = "chr7,md5=0123456789ABCDEF0123456789ABCDEF";
        for (mode, contigs, list, words) in [
            (
                chosen,
                "chr1,length=90",
                "",
                "scaffold chr1 has 90 bases in this file and 100 in",
            ),
            (files, "chr1", "chr1:102", "a record at position 102"),
            (files, "chr1,length=90", "", "herring.fa.fai"),
            (chosen, "7,length=70", "", "(there chr7)"),
            (chosen, digest, "", "0123456789abcdef0123456789abcdef in"),
            (chosen, "chr2,length=5", "chr2:5", "scaffold chr2 is not in"),
        ] {
            let found =
                reference(mode, &aliases).contradiction(&header(&[contigs]), &records(list));
            let found = found.unwrap_or_default();
            assert!(found.contains(words), "{contigs} {words}: {found}");
        }
        for (mode, contigs, list) in [
            (chosen, "chr1,length=100", "chr1:100"),
            (chosen, "chr1", "chr1:101"),
            (chosen, same, "chr7:5"),
            (chosen, "7,length=700", "7:700"),
            (chosen, "chr2,length=5", "chr1:5"),
            (files, "chr2,length=5", "chr2:900"),
            (ReferenceMode::None, "chr1,length=90", "chr9:9"),
        ] {
            let found =
                reference(mode, &aliases).contradiction(&header(&[contigs]), &records(list));
            assert_eq!(found, None, "{contigs}");
        }
    }

    #[test]
    fn what_the_first_file_says_of_a_scaffold_holds() {
        let mut reference = Reference::of(ProjectReference::default());
        reference.learn(&header(&["1,length=10", "2"]), "a.vcf.gz");
        reference.learn(&header(&["1,length=11", "2,length=20"]), "b.vcf.gz");
        let known: Vec<_> = reference
            .scaffolds
            .iter()
            .map(|s| (s.name.as_str(), s.length))
            .collect();
        assert_eq!(known, [("1", 10), ("2", 20)]);
        assert_eq!(reference.source.as_deref(), Some("a.vcf.gz"));
    }

    #[test]
    fn one_scaffold_under_two_names_is_told() {
        let (one, other) = (names(&["chr1", "7"]), names(&["chr7"]));
        let files = [("a", &one), ("b", &other)];
        let found = reference(ReferenceMode::Files, &[("7", "chr7")]).two_names(files);
        assert!(found.unwrap().contains("scaffold 7 of 'a' and chr7 of 'b'"));
        assert_eq!(reference(ReferenceMode::Files, &[]).two_names(files), None);
        assert_eq!(
            reference(ReferenceMode::Files, &[("7", "chr7")]).two_names([files[0]]),
            None
        );
    }
}
