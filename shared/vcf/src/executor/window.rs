//! A part of the genome, to answer a request in pieces.

use std::collections::HashMap;
use std::ops::RangeInclusive;

/// Ranges of positions of scaffolds. A record lies in a window if its POS does, wherever it ends: of windows that cut
/// the genome without overlap every record lies in one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// POS as in files: 1-based, both ends included, 0 for the telomere. In order.
    ranges: HashMap<Vec<u8>, Vec<(u64, u64)>>,
}

impl Window {
    /// The window of these ranges of POS, 1-based with both ends included; 0 is the telomere before the first base.
    #[must_use]
    pub fn new<N: AsRef<[u8]>>(parts: impl IntoIterator<Item = (N, RangeInclusive<u64>)>) -> Self {
        let mut ranges: HashMap<Vec<u8>, Vec<(u64, u64)>> = HashMap::new();
        for (name, range) in parts {
            let of_scaffold = ranges.entry(name.as_ref().to_vec()).or_default();
            of_scaffold.push((*range.start(), *range.end()));
        }
        for ranges in ranges.values_mut() {
            ranges.sort_unstable();
        }
        Self { ranges }
    }

    /// Whether a record of this scaffold and POS lies in it.
    #[must_use]
    pub fn holds(&self, scaffold: &[u8], pos: u64) -> bool {
        self.ranges.get(scaffold).is_some_and(|ranges| {
            let place = ranges.partition_point(|(first, _)| *first <= pos);
            ranges[..place].last().is_some_and(|(_, last)| pos <= *last)
        })
    }

    /// Scaffold, first and last POS of each range.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (&[u8], u64, u64)> {
        self.ranges.iter().flat_map(|(name, ranges)| {
            ranges
                .iter()
                .map(|(first, last)| (&name[..], *first, *last))
        })
    }
}
