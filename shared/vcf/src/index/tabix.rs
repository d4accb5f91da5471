//! Writing TBI (tabix specification): a tree of five levels, and for each smallest interval the place where the first record
//! begins that reaches into it.

use super::write::{Blocks, VCF_COLUMNS};
use super::{Index, IndexError, Reference, Shape};
use crate::bgzf::VirtualOffset;

impl Index {
    /// The bytes of a `.tbi` file; nothing if it cannot hold the index: a record reaches beyond 512 Mbp, or the scaffolds
    /// have no names, as in the index of BCF.
    ///
    /// # Errors
    /// If it would be too large to be read again.
    pub fn to_tbi(&self) -> Result<Option<Vec<u8>>, IndexError> {
        let fits = self.references.iter().all(|reference| {
            let mut numbers = reference.bins.iter().map(|bin| bin.number);
            numbers.all(|number| self.shape.bin_of_tbi(number).is_some())
        });
        if !fits || self.names.len() != self.references.len() {
            return Ok(None);
        }
        let mut out = Blocks::default();
        out.put(b"TBI\x01");
        out.put_count(self.references.len());
        for value in VCF_COLUMNS {
            out.put(&value.to_le_bytes());
        }
        out.put_count(self.names().map(|name| name.len() + 1).sum());
        for name in self.names() {
            out.put(name);
            out.put(b"\0");
        }
        for reference in &self.references {
            self.write_tbi_reference(reference, &mut out);
        }
        out.put_u64(0);
        out.finish().map(Some)
    }

    fn write_tbi_reference(&self, reference: &Reference, out: &mut Blocks) {
        out.put_count(reference.bins.len() + usize::from(reference.records.is_some()));
        let mut begins: Vec<VirtualOffset> = Vec::new();
        for bin in &reference.bins {
            let number = self.shape.bin_of_tbi(bin.number).unwrap_or_default();
            out.put_u32(number);
            out.put_count(bin.chunks.len());
            for chunk in &bin.chunks {
                out.put_u64(chunk.start.0);
                out.put_u64(chunk.end.0);
            }
            // Bins come in the order of their numbers, the smallest intervals last.
            if let Some(window) = Shape::TBI.window_of_leaf(number) {
                // What reaches into an interval without a bin of its own begins no earlier than what reaches into the
                // last one before it that has one.
                let before = begins.last().copied().unwrap_or_default();
                begins.resize(window, before);
                begins.push(bin.first);
            }
        }
        if let Some(records) = reference.records {
            let start = reference.start().unwrap_or_default();
            let end = reference.end().unwrap_or_default();
            out.put_u32(Shape::TBI.counts_bin());
            out.put_count(2);
            for value in [start.0, end.0, records, 0] {
                out.put_u64(value);
            }
        }
        out.put_count(begins.len());
        for begin in begins {
            out.put_u64(begin.0);
        }
    }
}

impl Shape {
    /// The number that a bin has in the tree of TBI, if that has one of its size at its place.
    fn bin_of_tbi(self, number: u32) -> Option<u32> {
        let above = self.depth.checked_sub(Self::TBI.depth)?;
        if self.min_shift != Self::TBI.min_shift {
            return None;
        }
        let (level, place) = self.level_and_place(number);
        let level = level.checked_sub(above)?;
        let is_inside = place < 1 << (3 * level);
        is_inside.then(|| (Self::TBI.first_of_level(level) + place) as u32)
    }

    /// Which of the smallest intervals a bin is, if it is one.
    fn window_of_leaf(self, number: u32) -> Option<usize> {
        let (level, place) = self.level_and_place(number);
        (level == self.depth)
            .then(|| usize::try_from(place).ok())
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Builder, Chunk};

    /// Records of these begins and lengths, each in a block of its own.
    fn index(records: &[(u64, u64)]) -> Index {
        let mut builder = Builder::new(Some(900_000_000));
        builder.begin_reference(b"1").unwrap();
        for (n, (start, length)) in (0_u64..).zip(records) {
            let chunk = Chunk {
                start: VirtualOffset::new(n * 100, 0),
                end: VirtualOffset::new((n + 1) * 100, 0),
            };
            builder.add(*start, start + length, chunk).unwrap();
        }
        builder.finish()
    }

    #[test]
    fn finds_what_csi_finds() {
        let records = [
            (0, 1),
            (5, 40_000),
            (16_380, 10),
            (33_000, 1),
            (40_000, 9_000_000),
            (5_000_000, 1),
            (300_000_000, 200_000_000),
            (536_870_911, 1),
        ];
        let index = index(&records);
        let tbi = Index::parse(&index.to_tbi().unwrap().unwrap()).unwrap();
        assert_eq!(tbi.records(b"1"), Some(8));
        assert_eq!(tbi.end(), index.end());
        for place in [
            0,
            10,
            16_384,
            33_000,
            60_000,
            4_000_000,
            5_000_000,
            9_100_000,
            400_000_000,
            536_870_911,
        ] {
            let chunks = tbi.query(b"1", place, place + 1);
            for (n, (start, length)) in (0_u64..).zip(records) {
                let at = VirtualOffset::new(n * 100, 0);
                let overlaps = start <= place && place < start + length;
                let is_found = chunks.iter().any(|one| one.start <= at && at < one.end);
                assert!(is_found || !overlaps, "record {n} at {place}: {chunks:?}");
            }
        }
        assert!(tbi.query(b"1", 200_000_000, 200_000_001).len() <= 1);
    }

    #[test]
    fn what_reaches_too_far_has_none() {
        assert_eq!(index(&[(536_870_911, 2)]).to_tbi().unwrap(), None);
        assert_eq!(index(&[(600_000_000, 1)]).to_tbi().unwrap(), None);
        assert!(index(&[(536_870_910, 2)]).to_tbi().unwrap().is_some());
    }
}
