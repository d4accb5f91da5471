//! Which parts of the file can hold the records of a region.

use super::{Bin, Chunk, Index, Reference};
use crate::bgzf::VirtualOffset;

impl Index {
    /// The chunks, in file order and not touching, that hold every record of `scaffold` overlapping
    /// `start..end` (0-based, end exclusive), and others beside. Empty if the scaffold is not there.
    #[must_use]
    pub fn query(&self, scaffold: &[u8], start: u64, end: u64) -> Vec<Chunk> {
        let Some(reference) = self.reference(scaffold) else {
            return vec![];
        };
        let start = start.min(self.shape.limit() - 1);
        let end = end.clamp(start + 1, self.shape.limit());
        let earliest = self.earliest(reference, start);
        let mut chunks: Vec<Chunk> = self
            .shape
            .overlapping(start, end)
            .flat_map(|(first, last)| reference.bins_between(first, last))
            .flat_map(|bin| &bin.chunks)
            .filter(|chunk| chunk.end > earliest)
            .map(|chunk| Chunk {
                start: chunk.start.max(earliest),
                end: chunk.end,
            })
            .collect();
        chunks.sort_by_key(|chunk| (chunk.start, chunk.end));
        merge(chunks)
    }

    /// No record that overlaps `start` or what follows begins before this place.
    fn earliest(&self, reference: &Reference, start: u64) -> VirtualOffset {
        // A bin's `first` is that of its first window, so the last bin that begins at or before
        // `start`, on any level, knows best.
        let window = start >> self.shape.min_shift;
        self.shape
            .overlapping(start, start + 1)
            .filter_map(|(bin, _)| reference.bins_between(0, bin).last())
            .filter(|bin| self.shape.first_window(bin.number) <= window)
            .map(|bin| bin.first)
            .max()
            .unwrap_or_default()
    }
}

impl Reference {
    /// The bins with these numbers, both included.
    fn bins_between(&self, first: u32, last: u32) -> &[Bin] {
        let start = self.bins.partition_point(|bin| bin.number < first);
        let end = self.bins.partition_point(|bin| bin.number <= last);
        self.bins.get(start..end).unwrap_or_default()
    }
}

/// Joins chunks that overlap or lie in one block.
fn merge(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut merged: Vec<Chunk> = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        match merged.last_mut() {
            Some(last) if chunk.start.block() <= last.end.block() => {
                last.end = last.end.max(chunk.end);
            }
            _ => merged.push(chunk),
        }
    }
    merged
}
