//! Scaffolds: how many sites each has, where they are, and the bases of the reference.

use crate::{Cohort, Rng};

/// One scaffold of the made-up reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scaffold {
    /// 0-based rank in the header.
    pub(crate) rank: u64,
    pub(crate) name: String,
    /// Base pairs.
    pub(crate) length: u64,
    pub(crate) records: usize,
}

impl Cohort {
    /// Scaffolds whose shares of the sites fall like 1, 1/2, 1/3 …, as in a draft assembly.
    pub(crate) fn layout_of_scaffolds(&self) -> Vec<Scaffold> {
        let weights: f64 = (1..=self.scaffolds).map(|rank| 1.0 / rank as f64).sum();
        let mut given = 0;
        let mut scaffolds: Vec<Scaffold> = (1..=self.scaffolds)
            .map(|rank| {
                let share = 1.0 / rank as f64 / weights;
                let records = (self.records as f64 * share).floor() as usize;
                given += records;
                Scaffold {
                    rank: rank as u64 - 1,
                    name: format!("{}{rank}", self.scaffold_prefix),
                    length: 0,
                    records,
                }
            })
            .collect();
        scaffolds[0].records += self.records - given;
        for scaffold in &mut scaffolds {
            // Sites are placed by chance, so leave room behind the expected last one.
            scaffold.length = (scaffold.records as u64 + 50) * self.spacing * 5 / 4 + 10_000;
        }
        scaffolds
    }
}

/// The reference base at a 1-based position; every file of a seed agrees on it.
pub(crate) fn reference_base(seed: u64, scaffold: u64, position: u64) -> u8 {
    b"ACGT"[Rng::stream(seed, &[0xBA5E, scaffold, position]).index(4)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_has_a_scaffold() {
        let cohort = Cohort {
            records: 1_001,
            scaffolds: 7,
            ..Cohort::default()
        };
        let scaffolds = cohort.layout_of_scaffolds();
        assert_eq!(scaffolds.iter().map(|s| s.records).sum::<usize>(), 1_001);
        assert!(scaffolds[0].records > scaffolds[6].records);
    }
}
