//! What the records of a file are like, part by part: ranges of QUAL, of the number of ALT alleles and of numbers in INFO,
//! the kinds of variants, the names in FILTER. A part of which a filter can keep no record need not be fetched. Whoever asks
//! is told "perhaps" in every doubt. Collected in the pass that indexes the file; knows no bytes of it.

mod coded;
mod collect;
mod facts;

#[cfg(test)]
mod tests;

use crate::bgzf::VirtualOffset;
use crate::reader::Span;

pub(crate) use collect::{Collector, Numbers, Piece};
pub(crate) use facts::{Facts, Range};

/// Compressed bytes of the stretch of the file that a part stands for, if the file is not large.
const PART_BYTES: u64 = 32 * 1024;
/// So many parts are told apart; of larger files they stand for longer stretches.
const MOST_PARTS: usize = 1 << 17;
/// So many tags of INFO are looked at, the first numbers that the header declares.
const MOST_TAGS: usize = 20;
/// So many names in FILTER are told apart.
const MOST_FILTERS: usize = 62;

/// No name at all, as a bit among those of names.
const UNFILTERED: u64 = 1 << 62;
/// A name that is not told apart.
const OTHER_FILTER: u64 = 1 << 63;
/// No ALT allele that is a variant, as a bit among those of `expr::variant`.
pub(crate) const NO_VARIANT: u16 = 1 << 15;

/// What is known of the parts of a file, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Skips {
    /// The tags of INFO whose numbers are known.
    tags: Vec<Vec<u8>>,
    /// The names in FILTER, by bit.
    filters: Vec<Vec<u8>>,
    parts: Vec<Part>,
    /// For each part as many as there are tags.
    numbers: Vec<Range>,
    /// Where the last record ends.
    end: VirtualOffset,
}

/// What is known of a part, but for the numbers in INFO.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    /// Where its first record begins.
    start: VirtualOffset,
    /// Bits of `expr::variant`, and [`NO_VARIANT`].
    kinds: u16,
    /// The fewest and the most ALT alleles; more than can be counted are as many as can.
    alts: (u16, u16),
    quality: Range,
    /// Bits of the names in FILTER.
    filters: u64,
}

impl Part {
    fn join(&mut self, other: &Self) {
        self.kinds |= other.kinds;
        self.alts.0 = self.alts.0.min(other.alts.0);
        self.alts.1 = self.alts.1.max(other.alts.1);
        self.quality.join(other.quality);
        self.filters |= other.filters;
    }
}

impl Skips {
    /// How many parts are told apart.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The parts of the file that can hold a record that is kept. Parts are taken as one where fewer than `gap` bytes lie
    /// between them: to fetch these takes less time than to ask again.
    pub(crate) fn spans(&self, gap: u64, keeps: impl Fn(&Facts<'_>) -> bool) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for place in 0..self.parts.len() {
            if !keeps(&self.facts(place)) {
                continue;
            }
            let start = self.parts[place].start;
            let end = self
                .parts
                .get(place + 1)
                .map_or(self.end, |next| next.start);
            match spans.last_mut() {
                Some(last)
                    if last
                        .end
                        .is_some_and(|end| start.block() < end.block() + gap) =>
                {
                    last.end = Some(end);
                }
                _ => spans.push(Span {
                    start,
                    end: Some(end),
                }),
            }
        }
        spans
    }

    fn facts(&self, place: usize) -> Facts<'_> {
        let tags = self.tags.len();
        Facts {
            tags: &self.tags,
            names: &self.filters,
            part: &self.parts[place],
            numbers: &self.numbers[place * tags..(place + 1) * tags],
        }
    }
}
