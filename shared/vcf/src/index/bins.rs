//! The binning scheme of CSI (CSI specification v1): a tree of intervals, eight children each.

/// The shape of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Bits of the smallest interval.
    pub min_shift: u32,
    /// Levels below the root.
    pub depth: u32,
}

impl Shape {
    /// TBI's, good for 512 Mbp.
    pub const TBI: Self = Self {
        min_shift: 14,
        depth: 5,
    };

    /// What bcftools makes for contigs up to `length`, or of unknown length.
    #[must_use]
    pub fn for_length(length: Option<u64>) -> Self {
        let mut shape = Self {
            min_shift: 14,
            depth: 6,
        };
        let needed = length.map_or(100_000_000_000, |length| length + 256);
        while shape.limit() < needed && shape.depth < 9 {
            shape.depth += 1;
        }
        shape
    }

    /// The first position, 0-based, beyond what the tree holds.
    #[must_use]
    pub fn limit(self) -> u64 {
        1 << (self.min_shift + 3 * self.depth)
    }

    /// The smallest bin that holds an interval, 0-based and end exclusive.
    #[must_use]
    pub fn bin(self, start: u64, end: u64) -> u32 {
        let last = end.max(start + 1) - 1;
        let mut shift = self.min_shift;
        let mut first = self.first_of_level(self.depth);
        for level in (1..=self.depth).rev() {
            if start >> shift == last >> shift {
                return (first + (start >> shift)) as u32;
            }
            shift += 3;
            first -= 1 << (3 * (level - 1));
        }
        0
    }

    /// The ranges of bins, level by level, that an interval touches.
    pub fn overlapping(self, start: u64, end: u64) -> impl Iterator<Item = (u32, u32)> {
        let last = end.min(self.limit()).max(start + 1) - 1;
        (0..=self.depth).map(move |level| {
            let shift = self.min_shift + 3 * (self.depth - level);
            let first = self.first_of_level(level);
            (
                (first + (start >> shift)) as u32,
                (first + (last >> shift)) as u32,
            )
        })
    }

    /// The smallest interval, counted from 0, with which a bin begins.
    #[must_use]
    pub fn first_window(self, bin: u32) -> u64 {
        let (level, place) = self.level_and_place(bin);
        place << (3 * (self.depth - level))
    }

    /// The level of a bin, 0 for the root, and its place in it.
    pub(super) fn level_and_place(self, bin: u32) -> (u32, u64) {
        let bin = u64::from(bin);
        let mut level = 0;
        while level < self.depth && bin >= self.first_of_level(level + 1) {
            level += 1;
        }
        (level, bin - self.first_of_level(level))
    }

    /// The number of the bin that is none: it holds counts.
    #[must_use]
    pub fn counts_bin(self) -> u32 {
        (self.first_of_level(self.depth + 1) + 1) as u32
    }

    pub(super) fn first_of_level(self, level: u32) -> u64 {
        ((1_u64 << (3 * level)) - 1) / 7
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_specification() {
        let shape = Shape::TBI;
        assert_eq!(shape.bin(0, 1), 4681);
        assert_eq!(shape.bin(16_384, 16_385), 4682);
        assert_eq!(shape.bin(0, 16_385), 585);
        assert_eq!(shape.bin(0, 1 << 29), 0);
        assert_eq!(shape.counts_bin(), 37_450);
        assert_eq!(shape.first_window(4682), 1);
        assert_eq!(shape.first_window(586), 8);
        assert_eq!(shape.first_window(0), 0);
        assert_eq!(shape.overlapping(16_384, 16_385).last(), Some((4682, 4682)));
    }

    #[test]
    fn long_contigs_get_deeper_trees() {
        assert!(Shape::for_length(Some(800_000_000)).limit() > 800_000_000);
        assert!(Shape::for_length(None).limit() >= 100_000_000_000);
    }
}
