//! Where blocks begin.

use crate::bgzf::VirtualOffset;

/// So many places are kept at most; of more, every second is dropped again and again.
const MOST: usize = 1 << 20;

/// What a pass over the records sees of the blocks that they lie in.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// Where blocks begin in which a record begins or ends.
    pub(super) borders: Borders,
    /// Whether a record begins in one block and ends inside of another.
    pub(super) cuts_records: bool,
}

impl Seen {
    /// Notes the next record.
    pub(crate) fn note(&mut self, start: VirtualOffset, end: VirtualOffset) {
        self.cuts_records |= start.block() != end.block() && end.within() > 0;
        self.borders.note(start.block());
        self.borders.note(end.block());
    }

    /// Adds what was seen in the piece of the file behind.
    pub(crate) fn join(&mut self, next: &Self) {
        self.cuts_records |= next.cuts_records;
        next.borders
            .0
            .iter()
            .for_each(|place| self.borders.note(*place));
    }
}

/// Places in a file at which a block begins, in their order; not all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Borders(pub(super) Vec<u64>);

impl Borders {
    /// Notes a place that is not before those that are noted already.
    fn note(&mut self, place: u64) {
        if self.0.last().is_some_and(|last| *last >= place) {
            return;
        }
        if self.0.len() == MOST {
            let mut is_kept = false;
            self.0.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
        }
        self.0.push(place);
    }

    /// From places in any order.
    pub(super) fn from_places(places: impl IntoIterator<Item = u64>) -> Self {
        let mut places: Vec<u64> = places.into_iter().collect();
        places.sort_unstable();
        places.dedup();
        Self(places)
    }

    /// The first place behind the block that begins here.
    pub(super) fn behind_block(&self, block: u64) -> Option<u64> {
        let next = self.0.partition_point(|place| *place <= block);
        self.0.get(next).copied()
    }

    /// Of all these the ones that end the blocks in which such places lie: what ranges that end there are made of.
    pub(super) fn behind(&self, places: impl Iterator<Item = VirtualOffset>) -> Self {
        let inside = places.filter(|place| place.within() > 0);
        Self::from_places(inside.filter_map(|place| self.behind_block(place.block())))
    }
}
