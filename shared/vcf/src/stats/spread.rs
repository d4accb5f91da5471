//! Histograms: allele frequencies, QUAL, depths, lengths of insertions and deletions.

use super::{DepthBin, FrequencyBin, QualityBin};
use crate::number::quality;

/// Most bins of allele frequency. bcftools makes one more than there are samples, and at least 101.
pub const FREQUENCIES_MAX: usize = 1_001;

/// Depths from here on are counted as one.
const DEPTH_END: usize = 501;
/// Longest insertion or deletion that is told from longer ones, bases.
const LENGTH_MAX: usize = 60;

/// ALT alleles by frequency. The first bin is of singletons and of alleles whose frequency is not known.
#[derive(Debug)]
pub(super) struct Frequencies {
    bins: Vec<FrequencyBin>,
}

impl Frequencies {
    pub(super) fn new(samples: usize) -> Self {
        let bins = (samples + 1).clamp(101, FREQUENCIES_MAX);
        Self {
            bins: vec![FrequencyBin::default(); bins],
        }
    }

    /// The bin of an allele that was called so often, of so many calls.
    pub(super) fn bin(&self, count: i64, total: i64) -> usize {
        if count == 1 {
            return 0;
        }
        if total == 0 {
            return 1;
        }
        let frequency = (count as f32 / total as f32).clamp(0.0, 1.0);
        (frequency * (self.bins.len() - 2) as f32) as usize + 1
    }

    pub(super) fn at(&mut self, bin: usize) -> &mut FrequencyBin {
        let last = self.bins.len() - 1;
        &mut self.bins[bin.min(last)]
    }

    /// How many bins there are but for the first.
    pub(super) fn count(&self) -> u32 {
        self.bins.len() as u32 - 1
    }

    /// The bins that have something, and how many SNPs and indels are in the first.
    pub(super) fn finish(mut self) -> (Vec<FrequencyBin>, (u64, u64)) {
        let first = std::mem::take(&mut self.bins[0]);
        self.bins[1].add(first);
        let bins = (0..).zip(self.bins.into_iter().skip(1));
        let bins = bins.filter(|(_, bin)| bin.snps + bin.indels > 0);
        let bins = bins.map(|(number, bin)| FrequencyBin { bin: number, ..bin });
        (bins.collect(), (first.snps, first.indels))
    }
}

/// Records by QUAL.
#[derive(Debug)]
pub(super) struct Qualities {
    missing: QualityBin,
    bins: Vec<QualityBin>,
}

/// The whole part of a number that is written with at most four digits before and two behind the dot, which no rounding
/// brings to the next one.
fn plain(text: &[u8]) -> Option<usize> {
    let (whole, fraction) = match memchr::memchr(b'.', text) {
        Some(dot) => (&text[..dot], &text[dot + 1..]),
        None => (text, &b"0"[..]),
    };
    let are_digits = |text: &[u8], most: usize| {
        (1..=most).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
    };
    (are_digits(whole, 4) && are_digits(fraction, 2)).then(|| {
        let digits = whole.iter().map(|digit| usize::from(digit - b'0'));
        digits.fold(0, |value, digit| value * 10 + digit)
    })
}

/// The number of bins below 100, 1,000 and 10,000, and the one above.
const QUALITY_BINS: usize = 100 + 90 + 90 + 1;

impl Qualities {
    pub(super) fn new() -> Self {
        Self {
            missing: QualityBin::default(),
            bins: vec![QualityBin::default(); QUALITY_BINS],
        }
    }

    /// The bin of QUAL as written.
    pub(super) fn at(&mut self, text: &[u8]) -> &mut QualityBin {
        let whole = match plain(text) {
            Some(whole) => whole,
            None => match quality(text).filter(|quality| *quality >= 0.0) {
                // Tenths, with 32 bits, as bcftools has them.
                Some(quality) => ((quality * 10.0) as i32 / 10) as usize,
                None => return &mut self.missing,
            },
        };
        let bin = match whole {
            0..100 => whole,
            100..1_000 => 90 + whole / 10,
            1_000..10_000 => 180 + whole / 100,
            _ => QUALITY_BINS - 1,
        };
        &mut self.bins[bin]
    }

    fn lowest(bin: usize) -> u32 {
        let lowest = match bin {
            0..100 => bin,
            100..190 => (bin - 90) * 10,
            _ => (bin - 180) * 100,
        };
        lowest as u32
    }

    pub(super) fn finish(self) -> Vec<QualityBin> {
        let bins = self.bins.into_iter().enumerate();
        let bins = bins.map(|(number, bin)| QualityBin {
            quality: Some(Self::lowest(number)),
            ..bin
        });
        let all = std::iter::once(self.missing).chain(bins);
        all.filter(|bin| bin.transitions + bin.transversions + bin.indels > 0)
            .collect()
    }
}

/// Records and genotypes by depth.
#[derive(Debug)]
pub(super) struct Depths {
    /// Below 0, 0 to 500, and above.
    sites: Vec<u64>,
    genotypes: Vec<u64>,
}

impl Depths {
    pub(super) fn new() -> Self {
        Self {
            sites: vec![0; DEPTH_END + 2],
            genotypes: vec![0; DEPTH_END + 2],
        }
    }

    pub(super) fn site(&mut self, depth: Option<i32>) {
        let depth = depth.map_or(-1, i64::from).clamp(-1, DEPTH_END as i64);
        self.sites[(depth + 1) as usize] += 1;
    }

    /// Counts the depth of a genotype that has one.
    #[inline]
    pub(super) fn genotype(&mut self, depth: u32) {
        self.genotypes[(depth as usize).min(DEPTH_END) + 1] += 1;
    }

    pub(super) fn finish(self) -> Vec<DepthBin> {
        let both = self.sites.into_iter().zip(self.genotypes).zip(-1..);
        both.filter(|((sites, genotypes), _)| sites + genotypes > 0)
            .map(|((sites, genotypes), depth)| DepthBin {
                depth,
                genotypes,
                sites,
            })
            .collect()
    }
}

/// ALT alleles by what they insert or delete.
#[derive(Debug)]
pub(super) struct Lengths {
    /// From -60 to 60.
    alleles: Vec<u64>,
}

impl Lengths {
    pub(super) fn new() -> Self {
        Self {
            alleles: vec![0; 2 * LENGTH_MAX + 1],
        }
    }

    pub(super) fn count(&mut self, longer: i64) {
        let most = LENGTH_MAX as i64;
        self.alleles[(longer.clamp(-most, most) + most) as usize] += 1;
    }

    pub(super) fn finish(self) -> Vec<(i32, u64)> {
        let lengths = (-(LENGTH_MAX as i32)..).zip(self.alleles);
        lengths.filter(|(_, alleles)| *alleles > 0).collect()
    }
}
