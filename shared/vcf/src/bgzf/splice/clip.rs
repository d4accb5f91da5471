//! Tokens of a text of which only parts are kept: matches lead from what is kept to what is kept, or are
//! marked as to be found anew.

use std::ops::Range;

use super::symbols::MIN_MATCH;
use super::tokens::{Sequence, Tokens};

/// A stretch of the old text that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// Where it was.
    pub old: Range<usize>,
    /// Where it begins in the new text.
    pub new: usize,
}

/// Appends what is left of `tokens` in `kept`, whose stretches are in order, not empty and apart from
/// each other, to `out`; a match without a source gets the distance 0. Returns how many bytes those are.
pub(super) fn clip(tokens: &Tokens, kept: &[Kept], out: &mut Tokens) -> usize {
    let mut clipper = Clipper {
        kept,
        current: 0,
        out,
        lost: 0,
    };
    let mut place = 0;
    for block in tokens.blocks() {
        for sequence in block {
            place = clipper.sequence(*sequence, place);
        }
        clipper.out.end_block();
    }
    clipper.lost
}

struct Clipper<'c> {
    kept: &'c [Kept],
    /// The first stretch that does not end before the place.
    current: usize,
    out: &'c mut Tokens,
    lost: usize,
}

impl Clipper<'_> {
    /// Takes the sequence that begins at `place` of the old text, and returns where it ends.
    #[inline(always)]
    fn sequence(&mut self, sequence: Sequence, place: usize) -> usize {
        let literals = sequence.literals as usize;
        let length = usize::from(sequence.length);
        let distance = usize::from(sequence.distance);
        let copy = place + literals;
        let end = copy + length;
        if let Some(Kept { old, .. }) = self.kept.get(self.current)
            && old.start <= place
            && end <= old.end
            && copy >= old.start + distance
        {
            self.out.literals(sequence.literals);
            if length > 0 {
                self.out.copy(length, distance);
            }
            return end;
        }
        self.parted(place, copy, end, distance);
        end
    }

    /// A sequence that lies, or whose source lies, in more than one stretch or in none.
    fn parted(&mut self, place: usize, copy: usize, end: usize, distance: usize) {
        while let Some(Kept { old, .. }) = self.kept.get(self.current) {
            let literals = old.start.max(place)..old.end.min(copy);
            self.out.literals(literals.len() as u32);
            let from = old.start.max(copy);
            let to = old.end.min(end);
            if from < to {
                self.copy(from, to, distance);
            }
            if self.kept[self.current].old.end > end {
                return;
            }
            self.current += 1;
        }
    }

    /// The part `from..to` of a match, which lies in the current stretch.
    fn copy(&mut self, mut from: usize, to: usize, distance: usize) {
        let mut n = self.current;
        while n > 0 && self.kept[n].old.start > from - distance {
            n -= 1;
        }
        while from < to {
            let source = from - distance;
            let Kept { old, new } = &self.kept[n];
            if source < old.start {
                let length = (old.start - source).min(to - from);
                self.lose(length);
                from += length;
            } else if source < old.end {
                let length = (old.end - source).min(to - from);
                let here = &self.kept[self.current];
                let shrunk = here.new + (from - here.old.start) - (new + source - old.start);
                if length < MIN_MATCH {
                    self.lose(length);
                } else {
                    self.out.copy(length, shrunk);
                }
                from += length;
            } else {
                // The source goes on where it is kept again, at the current stretch at the latest.
                n += 1;
            }
        }
    }

    fn lose(&mut self, length: usize) {
        self.out.copy(length, 0);
        self.lost += length;
    }
}

#[cfg(test)]
#[path = "clip_tests.rs"]
mod tests;
