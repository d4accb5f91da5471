//! What was noticed of files that were joined, by pairs of files: for warnings.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};

/// Pairs of files that are told one by one.
const MOST_PAIRS: usize = 50;

/// What two files have in common, or contradict each other in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FindingKind {
    /// Identical records of the same samples; each is in the result once.
    Identical,
    /// Records with the same alleles and genotypes of the same samples that differ in other columns; those of the
    /// first file are in the result.
    SameGenotypes,
    /// Records with the same alleles of the same samples, of which the second has genotypes that the first lacks;
    /// they are one record in the result.
    Completed,
    /// Different genotypes of one sample; those of the first file are in the result.
    FirstGenotype,
    /// Different genotypes of one sample; they are missing in the result.
    MissingGenotype,
    /// Different genotypes of one sample; both records are in the result.
    BothGenotypes,
    /// Different REF at one site; the record of the first file is in the result.
    FirstReference,
    /// Different REF at one site; the samples of the second file are missing in the record of the first.
    MissingReference,
    /// Different REF at one site; both records are in the result.
    BothReferences,
    /// One scaffold with different lengths, in bases.
    ScaffoldLength {
        /// In the first file.
        one: u64,
        /// In the second file.
        other: u64,
    },
    /// Scaffolds with different digests.
    ScaffoldDigest,
    /// Scaffolds said to be of different assemblies.
    ScaffoldAssembly,
    /// Records beyond the end of their scaffold, as the header of their file has it; both files are the same.
    BeyondScaffold,
}

/// Something that concerns two files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Name of the first file.
    pub one: String,
    /// Name of the second file.
    pub other: String,
    /// How often.
    pub count: u64,
    /// Where first: `SCAFFOLD:POS`, 1-based, or the scaffold.
    pub site: String,
}

impl FindingKind {
    /// Whether headers say so, which every window of a request finds again.
    fn is_of_headers(self) -> bool {
        matches!(
            self,
            Self::ScaffoldLength { .. } | Self::ScaffoldDigest | Self::ScaffoldAssembly
        )
    }
}

impl Finding {
    /// What windows that follow each other found, put together as if they had been one; `names` are those of the inputs in
    /// their order. Of more than fifty pairs of files it can be another that further ones are counted with.
    #[must_use]
    pub fn joined(windows: impl IntoIterator<Item = Vec<Self>>, names: &[&str]) -> Vec<Self> {
        let places: HashMap<&str, usize> = names.iter().copied().zip(0..).collect();
        let place = |name: &str| places.get(name).copied().unwrap_or(usize::MAX);
        let mut all = Findings::default();
        for finding in windows.into_iter().flatten() {
            let key = (finding.kind, place(&finding.one), place(&finding.other));
            if finding.kind.is_of_headers() && all.found.contains_key(&key) {
                continue;
            }
            all.add(key, finding.count, || finding.site);
        }
        all.named(names)
    }
}

/// Findings while files are being joined, inputs by place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    found: BTreeMap<(FindingKind, usize, usize), (u64, String)>,
}

impl Findings {
    /// Counts one more. Pairs beyond the first fifty are counted with the last of them.
    pub(crate) fn note(
        &mut self,
        kind: FindingKind,
        one: usize,
        other: usize,
        site: impl FnOnce() -> String,
    ) {
        self.add((kind, one, other), 1, site);
    }

    fn add(&mut self, key: (FindingKind, usize, usize), more: u64, site: impl FnOnce() -> String) {
        if !self.found.contains_key(&key) && self.found.len() >= MOST_PAIRS {
            let mut of_kind = self
                .found
                .iter_mut()
                .filter(|((known, ..), _)| *known == key.0);
            if let Some((_, (count, _))) = of_kind.next_back() {
                *count += more;
                return;
            }
        }
        self.found.entry(key).or_insert_with(|| (0, site())).0 += more;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All of them, with names for places.
    pub(crate) fn named(self, names: &[&str]) -> Vec<Finding> {
        let name = |place: usize| names.get(place).copied().unwrap_or_default().to_owned();
        let found = self.found.into_iter();
        found
            .map(|((kind, one, other), (count, site))| Finding {
                kind,
                one: name(one),
                other: name(other),
                count,
                site,
            })
            .collect()
    }
}

/// One sentence, without a full stop.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            one,
            other,
            count,
            site,
        } = self;
        let records = if *count == 1 { "record" } else { "records" };
        match kind {
            FindingKind::Identical => write!(
                f,
                "{count} {records} of the same samples are the same in {one} and {other} and come once, the first at \
                 {site}"
            ),
            FindingKind::SameGenotypes => write!(
                f,
                "{count} {records} of {one} and {other} have the same genotypes of the same samples but differ \
                 elsewhere, the first at {site}; those of {one} are in the result"
            ),
            FindingKind::Completed => write!(
                f,
                "{count} {records} of {one} were completed with genotypes that only {other} has, the first at {site}"
            ),
            FindingKind::FirstGenotype => write!(
                f,
                "{count} {records} of {one} and {other} have different genotypes of the same samples, the first at \
                 {site}; those of {one} are in the result"
            ),
            FindingKind::MissingGenotype => write!(
                f,
                "{count} {records} of {one} and {other} have different genotypes of the same samples, the first at \
                 {site}; these genotypes are missing in the result"
            ),
            FindingKind::BothGenotypes => write!(
                f,
                "{count} {records} of {one} and {other} have different genotypes of the same samples, the first at \
                 {site}; both are in the result"
            ),
            FindingKind::FirstReference => write!(
                f,
                "{count} {records} of {one} and {other} have different REF, the first at {site}; those of {one} are \
                 in the result"
            ),
            FindingKind::MissingReference => write!(
                f,
                "{count} {records} of {one} and {other} have different REF, the first at {site}; samples of {other} \
                 are missing there in the result"
            ),
            FindingKind::BothReferences => write!(
                f,
                "{count} {records} of {one} and {other} have different REF, the first at {site}; both are in the \
                 result"
            ),
            FindingKind::ScaffoldLength { one: a, other: b } => write!(
                f,
                "scaffold {site} has {a} bases in {one} and {b} in {other}: they may be about different references"
            ),
            FindingKind::ScaffoldDigest => write!(
                f,
                "{count} {} different digests in {one} and {other}, the first {site}: they are about different \
                 references",
                scaffolds(*count)
            ),
            FindingKind::ScaffoldAssembly => write!(
                f,
                "{count} {} different assemblies in {one} and {other}, the first {site}: they may be about \
                 different references",
                scaffolds(*count)
            ),
            FindingKind::BeyondScaffold => write!(
                f,
                "{count} {records} of {one} lie beyond the end of their scaffold, the first at {site}: the file may be \
                 about another reference"
            ),
        }
    }
}

fn scaffolds(count: u64) -> &'static str {
    if count == 1 {
        "scaffold has"
    } else {
        "scaffolds have"
    }
}
