//! Fills in the matches that were lost.

use super::search::{Chains, common};
use super::symbols::{MAX_MATCH, MIN_MATCH};
use super::tokens::Tokens;

/// Behind a match of this length no better one is looked for.
const LONG: usize = 32;

/// Appends `tokens` of `text` to `out`, with matches found anew, or literals, for those of distance 0.
pub(super) fn mend(tokens: &Tokens, text: &[u8], chains: &mut Chains, out: &mut Tokens) {
    chains.clear();
    let mut mender = Mender {
        text,
        chains,
        out,
        done: 0,
    };
    let mut place = 0;
    for block in tokens.blocks() {
        for sequence in block {
            place += sequence.literals as usize;
            mender.literals(place);
            if sequence.length > 0 {
                place += usize::from(sequence.length);
                mender.copy(place, usize::from(sequence.distance));
            }
        }
        mender.out.end_block();
    }
}

struct Mender<'m> {
    text: &'m [u8],
    chains: &'m mut Chains,
    out: &'m mut Tokens,
    /// The text before this has its tokens; a match found anew may go beyond what it was sought for.
    done: usize,
}

impl Mender<'_> {
    /// Literals up to `end`.
    fn literals(&mut self, end: usize) {
        if self.done < end {
            self.out.literals((end - self.done) as u32);
            self.done = end;
        }
    }

    /// A match up to `end`.
    fn copy(&mut self, end: usize, distance: usize) {
        let left = end.saturating_sub(self.done);
        if left >= MIN_MATCH && distance > 0 {
            self.found(left, distance);
        } else {
            self.search(end);
        }
    }

    /// Finds tokens up to `end` or beyond, each match the longer of those here and one further.
    fn search(&mut self, end: usize) {
        self.go_on();
        let mut found = None;
        while self.done < end {
            let here = found
                .take()
                .unwrap_or_else(|| self.chains.find(self.text, self.done));
            if here.0 < MIN_MATCH {
                self.literals(self.done + 1);
                continue;
            }
            if here.0 < LONG && self.done + 1 < end {
                let further = self.chains.find(self.text, self.done + 1);
                if further.0 > here.0 {
                    self.literals(self.done + 1);
                    found = Some(further);
                    continue;
                }
            }
            self.found(here.0, here.1);
        }
    }

    /// Makes the match before longer, if the text goes on like its source.
    fn go_on(&mut self) {
        if let Some(last) = self.out.last_copy() {
            let source = self.done - usize::from(last.distance);
            let room = MAX_MATCH - usize::from(last.length);
            let here = &self.text[self.done..];
            let longer = common(&self.text[source..], &here[..room.min(here.len())]);
            last.length += longer as u16;
            self.done += longer;
        }
    }

    /// A match of `length` bytes from here, and of the literals before it that are like what is before its
    /// source.
    fn found(&mut self, length: usize, distance: usize) {
        let most = self.out.pending().min(MAX_MATCH - length);
        let before = self.text[..self.done].iter().rev();
        let like = self.text[..self.done - distance].iter().rev();
        let back = before.zip(like).take(most).take_while(|(a, b)| a == b);
        let back = back.count();
        self.out.take_back(back);
        self.out.copy(length + back, distance);
        self.done += length;
    }
}
