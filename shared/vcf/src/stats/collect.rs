//! One record after another.

use super::calls::Calls;
use super::density::Counter;
use super::noted::Noted;
use super::part::Part;
use super::sites::Site;
use super::spread::{Depths, Frequencies, Lengths, Qualities};
use super::{SAMPLES_MAX, Sites, Statistics};
use crate::expr::variant::INDEL;
use crate::header::Header;
use crate::record::Record;

/// Collects the statistics of a sorted file.
#[derive(Debug)]
pub(crate) struct Collector {
    sites: Sites,
    frequencies: Frequencies,
    qualities: Qualities,
    depths: Depths,
    lengths: Lengths,
    density: Counter,
    /// None if the file has no samples, or too many.
    calls: Option<Calls>,
    complete: bool,
}

impl Collector {
    pub(crate) fn new(header: &Header) -> Self {
        let samples = header.samples().len();
        let is_counted = (1..=SAMPLES_MAX).contains(&samples);
        Self {
            sites: Sites::default(),
            frequencies: Frequencies::new(samples),
            qualities: Qualities::new(),
            depths: Depths::new(),
            lengths: Lengths::new(),
            density: Counter::default(),
            calls: is_counted.then(|| Calls::new(samples, header.version())),
            complete: samples <= SAMPLES_MAX,
        }
    }

    /// For a piece of a file.
    pub(crate) fn of_piece(header: &Header) -> Self {
        Self {
            density: Counter::of_piece(),
            ..Self::new(header)
        }
    }

    /// What a piece has.
    pub(crate) fn into_part(mut self) -> Part {
        let density = std::mem::take(&mut self.density).into_part();
        let statistics = self.finish();
        Part {
            statistics,
            density,
        }
    }

    /// The records of the next scaffold come.
    pub(crate) fn begin_scaffold(&mut self) {
        self.density.begin();
    }

    /// Takes a record and what its check found.
    pub(crate) fn take(&mut self, record: &Record<'_>, noted: &Noted) {
        self.density.add(record.pos);
        let site = Site::of(record);
        self.sites.count(&site);
        let mut has_genotypes = false;
        if let Some(calls) = &mut self.calls
            && let Some(columns) = record.samples
        {
            if let Some(genotype) = noted.fields.genotype {
                calls.take(&site, columns, noted, genotype);
                has_genotypes = true;
            }
            if let Some((field, _)) = noted.fields.depth {
                calls.take_depths(columns, noted, field, &mut self.depths);
            }
        }
        if let Some(depth) = noted.depth {
            self.depths.site(depth);
        }
        if site.alleles.len() > 1 {
            self.take_alleles(&site, record, noted, has_genotypes);
        }
    }

    fn take_alleles(
        &mut self,
        site: &Site,
        record: &Record<'_>,
        noted: &Noted,
        has_genotypes: bool,
    ) {
        let genotypes = self.calls.as_ref().filter(|_| has_genotypes);
        let counts = Counts::of(site, noted, genotypes.map_or(&[], Calls::called));
        for (number, from, to) in site.substitutions() {
            let is_transition = site.is_transition(to);
            self.sites.substitution(number, from, to, is_transition);
            let bin = self.frequencies.at(counts.bin(number, &self.frequencies));
            bin.snps += 1;
            bin.transitions += u64::from(is_transition);
            bin.transversions += u64::from(!is_transition);
            if number == 1 {
                let bin = self.qualities.at(record.quality);
                bin.transitions += u64::from(is_transition);
                bin.transversions += u64::from(!is_transition);
            }
        }
        if site.kinds & INDEL == 0 {
            return;
        }
        self.qualities.at(record.quality).indels += 1;
        for (number, allele) in site.alleles.iter().enumerate() {
            if allele.kind & INDEL != 0 {
                self.frequencies
                    .at(counts.bin(number, &self.frequencies))
                    .indels += 1;
                self.lengths.count(allele.longer);
            }
        }
    }

    pub(crate) fn finish(self) -> Statistics {
        let mut sites = self.sites;
        let frequency_bins = self.frequencies.count();
        let (frequencies, singletons) = self.frequencies.finish();
        sites.singletons = singletons;
        Statistics {
            sites,
            frequency_bins,
            frequencies,
            qualities: self.qualities.finish(),
            depths: self.depths.finish(),
            indel_lengths: self.lengths.finish(),
            density: self.density.finish(),
            samples: self.calls.map(Calls::finish).unwrap_or_default(),
            complete: self.complete,
        }
    }
}

/// How often the ALT alleles of a record are called, of how many calls; from INFO where both stand there.
struct Counts<'a> {
    alts: &'a [i64],
    total: i64,
}

impl<'a> Counts<'a> {
    fn of(site: &Site, noted: &'a Noted, called: &'a [i64]) -> Self {
        let unknown = Self {
            alts: &[],
            total: 0,
        };
        match noted.total.filter(|total| *total >= 0) {
            Some(total) if noted.has_counts => {
                let alts = &noted.counts[..];
                let is_right =
                    alts.len() + 1 == site.alleles.len() && alts.iter().sum::<i64>() <= total;
                if is_right {
                    Self { alts, total }
                } else {
                    unknown
                }
            }
            _ => match called.split_first() {
                Some((_, alts)) => Self {
                    alts,
                    total: called.iter().sum(),
                },
                None => unknown,
            },
        }
    }

    fn bin(&self, allele: usize, frequencies: &Frequencies) -> usize {
        let count = self.alts.get(allele - 1);
        count.map_or(0, |count| frequencies.bin(*count, self.total))
    }
}
