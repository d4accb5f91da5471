//! A site as the samples of one file see it.

use std::ops::Range;

use crate::SplitSites;
use crate::genotype::{Alleles, Call, MOST_ALLELES};
use crate::site::Site;

/// Samples that share a file: a range of the cohort's columns.
pub(crate) type Columns = Range<usize>;

/// A site restricted to a group of samples.
#[derive(Debug)]
pub(crate) struct GroupSite<'a> {
    pub(crate) site: &'a Site,
    pub(crate) calls: &'a [Call],
    /// Indices into the site's alleles, REF first.
    pub(crate) kept: Vec<usize>,
    /// Copies of each kept allele in called genotypes.
    pub(crate) counts: Vec<u64>,
}

impl<'a> GroupSite<'a> {
    /// `None` if a file with this choice of sites leaves the site out.
    pub(crate) fn of(site: &'a Site, calls: &'a [Call], sites: SplitSites) -> Option<Self> {
        let mut copies = [0u64; MOST_ALLELES];
        for call in calls {
            if let Alleles::Called(a, b) = call.alleles {
                copies[usize::from(a)] += 1;
                copies[usize::from(b)] += 1;
            }
        }
        let kept: Vec<usize> = (0..site.alleles.len())
            .filter(|allele| sites == SplitSites::All || *allele == 0 || copies[*allele] > 0)
            .collect();
        if kept.len() == 1 {
            return None;
        }
        let counts = kept.iter().map(|allele| copies[*allele]).collect();
        Some(Self {
            site,
            calls,
            kept,
            counts,
        })
    }

    /// AN: all alleles in called genotypes.
    pub(crate) fn called(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The number of an allele in this file; an allele that is not kept has none.
    pub(crate) fn renumbered(&self, allele: u8) -> u64 {
        self.kept
            .iter()
            .position(|kept| *kept == usize::from(allele))
            .unwrap_or(0) as u64
    }
}

/// Cuts `samples` columns into `groups` neighbouring ranges whose sizes differ by at most one.
pub(crate) fn cut(samples: usize, groups: usize) -> Vec<Columns> {
    (0..groups)
        .map(|nth| nth * samples / groups..(nth + 1) * samples / groups)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_cover_all_samples() {
        assert_eq!(cut(10, 3), [0..3, 3..6, 6..10]);
        assert_eq!(cut(4, 2), [0..2, 2..4]);
    }
}
