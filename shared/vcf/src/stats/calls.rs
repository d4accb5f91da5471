//! Genotypes and depths of samples.

use super::SampleCounts;
use super::genotype::{Call, alleles};
use super::lanes::{HOM_REF, Lane, Sums, WIDTH, is_hom_ref};
use super::noted::{NOWHERE, Noted};
use super::sites::Site;
use super::spread::Depths;
use super::words::{Words, first_integer, sum_of_integers};
use crate::canonical::DepthField;
use crate::expr::variant::{INDEL, SNP};
use crate::header::Version;
use crate::record::subfield;

/// What an ALT allele changes, as far as counts by sample tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Transition,
    Transversion,
    /// A SNP to what is no base, or an allele that is no variant.
    Unclear,
    Indel,
    Other,
}

const CHANGES: [Change; 5] = [
    Change::Transition,
    Change::Transversion,
    Change::Unclear,
    Change::Indel,
    Change::Other,
];

impl Change {
    /// Of a record with at most one ALT allele.
    fn of(site: &Site) -> Self {
        match (site.kinds, site.alleles.get(1)) {
            (_, None) => Self::Other,
            (0, _) => Self::Unclear,
            (SNP, Some(allele)) => match allele.base {
                None => Self::Unclear,
                Some(base) if site.is_transition(base) => Self::Transition,
                Some(_) => Self::Transversion,
            },
            (INDEL, _) => Self::Indel,
            _ => Self::Other,
        }
    }
}

/// Counts all samples of a file.
#[derive(Debug)]
pub(super) struct Calls {
    version: Version,
    samples: usize,
    lanes: [Lane; CHANGES.len()],
    counts: SampleCounts,
    /// Genotypes that are not homozygous for REF, by sample.
    others: Vec<u32>,
    /// Records that have genotypes.
    records: u32,
    /// The genotypes of a record as words.
    words: Vec<u32>,
    /// Columns whose genotype is no such word.
    odd: Vec<usize>,
    /// How often each allele of the record is called, REF first.
    called: Vec<i64>,
}

impl Calls {
    pub(super) fn new(samples: usize, version: Version) -> Self {
        Self {
            version,
            samples,
            lanes: std::array::from_fn(|_| Lane::new(samples)),
            counts: SampleCounts::new(samples),
            others: vec![0; samples],
            records: 0,
            words: vec![],
            odd: vec![],
            called: vec![],
        }
    }

    /// How often each allele of the last record is called, REF first.
    pub(super) fn called(&self) -> &[i64] {
        &self.called
    }

    /// Takes the genotypes of a record that has some.
    pub(super) fn take(&mut self, site: &Site, columns: &[u8], noted: &Noted, genotype: usize) {
        self.records = self.records.saturating_add(1);
        self.called.clear();
        self.called.resize(site.alleles.len(), 0);
        self.odd.clear();
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        if !noted.all_diploid {
            self.gather(columns, noted, genotype, &mut words);
        }
        let all = Words {
            text: if noted.all_diploid { columns } else { &[] },
            gathered: &words,
        };
        let mut single = match site.alleles.len() {
            1 | 2 => self.take_few_alleles(site, &all),
            _ => self.take_many_alleles(site, &all),
        };
        let mut odd = std::mem::take(&mut self.odd);
        for sample in odd.drain(..) {
            self.take_odd(site, columns, noted, (sample, genotype), &mut single);
        }
        self.odd = odd;
        if let Single::One(sample) = single
            && let Some(count) = self.counts.singletons.get_mut(sample)
        {
            *count += 1;
        }
        self.words = words;
    }

    /// Genotypes as words; those that are none count as `0/0`, which is not counted, and are odd.
    fn gather(&mut self, columns: &[u8], noted: &Noted, genotype: usize, words: &mut Vec<u32>) {
        for (sample, (start, _)) in noted.columns.iter().enumerate() {
            let start = *start as usize;
            let word = match columns.get(start..start + 4) {
                Some([a, separator @ (b'/' | b'|'), b, end @ (b':' | b'\t')]) => {
                    Some([*a, *separator, *b, *end])
                }
                Some(_) => None,
                None => match columns.get(start..) {
                    Some([a, separator @ (b'/' | b'|'), b]) => Some([*a, *separator, *b, b'\t']),
                    _ => None,
                },
            };
            match word.filter(|_| genotype == 0) {
                Some(word) => words.push(u32::from_le_bytes(word)),
                None => {
                    words.push(HOM_REF);
                    self.odd.push(sample);
                }
            }
        }
        words.resize(words.len().next_multiple_of(WIDTH), HOM_REF);
    }

    fn take_few_alleles(&mut self, site: &Site, words: &Words<'_>) -> Single {
        let change = Change::of(site);
        if self.lanes[change as usize].is_full() {
            self.empty(change);
        }
        let lane = &mut self.lanes[change as usize];
        lane.begin();
        let mut sums = Sums::default();
        let has_alt = site.alleles.len() > 1;
        words.each(|from, words| lane.add(words, from, has_alt, &mut sums));
        let alts = i64::from(sums.alts);
        let regular = 2 * (self.samples - self.odd.len()) as i64;
        self.called[0] += regular - i64::from(sums.missing) - alts;
        if let Some(called) = self.called.get_mut(1) {
            *called += alts;
        }
        match sums.variant {
            0 => Single::None,
            1 => {
                let mut found = Single::None;
                words.each(|from, words| {
                    if from == sums.last {
                        let is_variant = |word: &u32| {
                            let [a, _, b, _] = word.to_le_bytes();
                            matches!((a, b), (b'0', b'1') | (b'1', b'0' | b'1'))
                        };
                        if let Some(at) = words.iter().position(is_variant) {
                            found = Single::One(from + at);
                        }
                    }
                });
                found
            }
            _ => Single::Many,
        }
    }

    fn take_many_alleles(&mut self, site: &Site, words: &Words<'_>) -> Single {
        let mut single = Single::None;
        let mut hom_ref = self.samples - self.odd.len();
        words.each(|from, words| {
            for (at, word) in words.iter().enumerate() {
                if is_hom_ref(*word) {
                    continue;
                }
                hom_ref -= 1;
                let [a, _, b, _] = word.to_le_bytes();
                let allele = |byte: u8| byte.is_ascii_digit().then(|| usize::from(byte - b'0'));
                let both = [allele(a), allele(b)];
                self.count_called(both.into_iter());
                let call = Call::of(both.into_iter(), site.alleles.len());
                self.count(site, from + at, call, &mut single);
            }
        });
        self.called[0] += 2 * hom_ref as i64;
        single
    }

    /// A genotype that is no word of four bytes.
    fn take_odd(
        &mut self,
        site: &Site,
        columns: &[u8],
        noted: &Noted,
        (sample, genotype): (usize, usize),
        single: &mut Single,
    ) {
        let Some((start, _)) = noted.columns.get(sample) else {
            return;
        };
        let rest = columns.get(*start as usize..).unwrap_or_default();
        let end = memchr::memchr(b'\t', rest).unwrap_or(rest.len());
        let text = subfield(&rest[..end], genotype).unwrap_or(b".");
        let version = self.version;
        self.count_called(alleles(text, version));
        let call = Call::of(alleles(text, version), site.alleles.len());
        self.count(site, sample, call, single);
    }

    fn count_called(&mut self, alleles: impl Iterator<Item = Option<usize>>) {
        for allele in alleles.flatten() {
            if let Some(called) = self.called.get_mut(allele) {
                *called += 1;
            }
        }
    }

    fn count(&mut self, site: &Site, sample: usize, call: Call, single: &mut Single) {
        let counts = &mut self.counts;
        if sample >= self.samples || call == Call::HomRef {
            return;
        }
        self.others[sample] += 1;
        let (alt, other, is_het) = match call {
            Call::Missing => return counts.missing[sample] += 1,
            Call::HaploidRef => return counts.haploid_ref[sample] += 1,
            Call::HaploidAlt => return counts.haploid_alt[sample] += 1,
            Call::HomRef => return,
            Call::Alt { alt, other, is_het } => (alt, other, is_het),
        };
        *single = match *single {
            Single::None => Single::One(sample),
            _ => Single::Many,
        };
        let kinds = site.alleles[alt].kind | site.alleles[other].kind;
        if kinds & SNP != 0 || kinds == 0 {
            match is_het {
                true => counts.het[sample] += 1,
                false => counts.hom_alt[sample] += 1,
            }
            for allele in [alt, other] {
                let allele = site.alleles[allele];
                if allele.kind & SNP == 0 {
                    continue;
                }
                match allele.base {
                    // bcftools looks no further then.
                    None => return,
                    Some(base) if site.is_transition(base) => counts.transitions[sample] += 1,
                    Some(_) => counts.transversions[sample] += 1,
                }
            }
        }
        counts.indels[sample] += u32::from(kinds & INDEL != 0);
    }

    /// Moves what a lane has counted to the counts.
    fn empty(&mut self, change: Change) {
        let counts = &mut self.counts;
        for (sample, [het, hom, missing]) in self.lanes[change as usize].take() {
            if sample >= self.samples {
                continue;
            }
            let [het, hom, missing] = [het, hom, missing].map(u32::from);
            let variant = het + hom;
            self.others[sample] += variant + missing;
            counts.missing[sample] += missing;
            match change {
                Change::Transition => counts.transitions[sample] += variant,
                Change::Transversion => counts.transversions[sample] += variant,
                Change::Indel => counts.indels[sample] += variant,
                Change::Unclear | Change::Other => {}
            }
            if !matches!(change, Change::Indel | Change::Other) {
                counts.het[sample] += het;
                counts.hom_alt[sample] += hom;
            }
        }
    }

    /// Takes the depths of a record that has some.
    pub(super) fn take_depths(
        &mut self,
        columns: &[u8],
        noted: &Noted,
        field: DepthField,
        depths: &mut Depths,
    ) {
        let counts = self
            .counts
            .depths
            .iter_mut()
            .zip(&mut self.counts.depth_sum);
        for ((_, at), (count, sum)) in noted.columns.iter().zip(counts) {
            if *at == NOWHERE {
                continue;
            }
            let text = columns.get(*at as usize..).unwrap_or_default();
            let depth = match field {
                DepthField::Depth => first_integer(text),
                DepthField::Alleles => sum_of_integers(text),
            };
            if depth > 0 {
                depths.genotype(depth);
                *count += 1;
                *sum += u64::from(depth);
            }
        }
    }

    pub(super) fn finish(mut self) -> SampleCounts {
        for change in CHANGES {
            self.empty(change);
        }
        for (count, others) in self.counts.hom_ref.iter_mut().zip(&self.others) {
            *count = self.records.saturating_sub(*others);
        }
        self.counts
    }
}

/// How many samples of a record have several alleles that are not all REF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Single {
    None,
    One(usize),
    Many,
}
