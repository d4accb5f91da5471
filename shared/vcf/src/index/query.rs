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

    /// The chunks, in file order and not touching, that hold every record of `scaffold` which begins at one of the bases
    /// from `first` to `last` (0-based, both included), and few others: records lie in the file in the order in which they
    /// begin, wherever they end.
    #[must_use]
    pub fn starting(&self, scaffold: &[u8], first: u64, last: u64) -> Vec<Chunk> {
        let Some(reference) = self.reference(scaffold) else {
            return vec![];
        };
        let window = |start: u64| start.min(self.shape.limit() - 1) >> self.shape.min_shift;
        let (from, to) = (
            self.before(reference, window(first)),
            self.behind(reference, window(last)),
        );
        let chunks = self.query(scaffold, first, last.saturating_add(1));
        let cut = chunks.into_iter().map(|chunk| Chunk {
            start: chunk.start.max(from),
            end: to.map_or(chunk.end, |to| chunk.end.min(to)),
        });
        cut.filter(|chunk| chunk.start < chunk.end).collect()
    }

    /// How many bytes of the file lie between one smallest interval of a scaffold in which records begin, given by its first
    /// base (0-based), and the next: about so many are read of it.
    #[must_use]
    pub fn weights(&self, scaffold: &[u8]) -> Vec<(u64, u64)> {
        let bounds = self.reference(scaffold);
        let bounds = bounds.and_then(|one| Some((one, one.start()?, one.end()?)));
        let Some((reference, start, end)) = bounds else {
            return vec![];
        };
        let leaves = self.shape.first_of_level(self.shape.depth) as u32;
        let leaves = reference.bins_between(leaves, u32::MAX).iter();
        let leaves = leaves.filter_map(|bin| {
            let place = bin.chunks.iter().map(|chunk| chunk.start).min()?;
            let first = self.shape.first_window(bin.number) << self.shape.min_shift;
            Some((first, place.block()))
        });
        let mut places: Vec<(u64, u64)> = vec![(0, start.block())];
        for (first, place) in leaves {
            match places.last_mut() {
                Some(last) if last.0 == first => {}
                _ => places.push((first, place)),
            }
        }
        let ends = places.iter().skip(1).map(|(_, place)| *place);
        // The last block is not known to its end; a whole one is no longer than this.
        let end = end.block() + u64::from(end.within() > 0) * (1 << 14);
        let ends: Vec<u64> = ends.chain([end]).collect();
        let weighed = places.into_iter().zip(ends);
        weighed
            .map(|((first, place), end)| (first, end.saturating_sub(place)))
            .collect()
    }

    /// A base (0-based) of a scaffold before which no record begins; nothing if the scaffold is not there.
    pub(crate) fn first_base(&self, scaffold: &[u8]) -> Option<u64> {
        let bins = self.reference(scaffold)?.bins.iter();
        let begins = bins.map(|bin| self.shape.first_window(bin.number) << self.shape.min_shift);
        begins.min()
    }

    /// What begins in this smallest interval or behind does not begin before this place.
    fn before(&self, reference: &Reference, window: u64) -> VirtualOffset {
        let bins = self.levels(window).filter_map(|(first, own)| {
            let bins = reference.bins_between(first, own.checked_sub(1)?);
            bins.last()?.chunks.iter().map(|chunk| chunk.end).max()
        });
        bins.max().unwrap_or_default()
    }

    /// What begins in this smallest interval or before does so before this place, if there is anything behind it.
    fn behind(&self, reference: &Reference, window: u64) -> Option<VirtualOffset> {
        let bins = self.levels(window).enumerate();
        let bins = bins.filter_map(|(level, (_, own))| {
            let end = self.shape.first_of_level(level as u32 + 1) as u32;
            let bins = reference.bins_between(own + 1, end.checked_sub(1)?);
            bins.first()?.chunks.iter().map(|chunk| chunk.start).min()
        });
        bins.min()
    }

    /// Level by level the first bin, and the one that a smallest interval lies in.
    fn levels(&self, window: u64) -> impl Iterator<Item = (u32, u32)> {
        let start = window << self.shape.min_shift;
        let own = self.shape.overlapping(start, start + 1);
        own.enumerate().map(|(level, (own, _))| {
            let first = self.shape.first_of_level(level as u32) as u32;
            (first, own)
        })
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
