//! Blocks of which lines were left out, made from the tokens of the blocks they were in: what is kept needs
//! no search for matches. Knows neither lines nor files; what is kept is said in bytes.
//!
//! The tokens of a block are read ([`tokens`]), cut to what is kept ([`clip`]), completed where a match
//! lost its source ([`mend`]) and written with new codes ([`emit`]). The text they stand for is known from
//! inflating the block, so it is neither made nor checked again.

mod bits;
mod clip;
mod emit;
mod huffman;
mod lengths;
mod mend;
mod search;
mod symbols;
mod table;
mod tokens;

use std::ops::Range;

use self::clip::{Kept, clip};
use self::search::{Chains, MAX_TEXT};
use self::tokens::{Decoder, Tokens};
use super::block::{BlockHeader, MAX_BLOCK};
use super::deflate::wrap;

/// A block, and what is kept of it.
#[derive(Debug)]
pub struct Part<'p> {
    /// The whole block, sound as [`super::Inflater`] found it.
    pub block: &'p [u8],
    /// What stands around its deflated bytes.
    pub header: BlockHeader,
    /// How long its text is.
    pub length: usize,
    /// What is kept of its text: in order, not empty, apart from each other.
    pub kept: &'p [Range<usize>],
}

/// Splices blocks; keep one per thread for its tables.
#[derive(Default)]
pub struct Splicer {
    decoder: Decoder,
    chains: Chains,
    read: Tokens,
    clipped: Tokens,
    mended: Tokens,
    kept: Vec<Kept>,
}

impl Splicer {
    /// Appends one block that holds `text`, which is what is kept of `parts`, to `out`, and returns its
    /// length. `None`, and nothing appended, if more than `loss` bytes of it lost their matches, if it does
    /// not get shorter, or if the parts are not what they should be: it is better deflated then.
    pub fn splice(
        &mut self,
        parts: &[Part<'_>],
        text: &[u8],
        loss: usize,
        out: &mut Vec<u8>,
    ) -> Option<usize> {
        if text.len() > MAX_TEXT {
            return None;
        }
        self.clipped.clear();
        let mut new = 0;
        let mut lost = 0;
        for part in parts {
            let deflated = part
                .block
                .get(part.header.header..part.header.total.checked_sub(8)?)?;
            self.kept.clear();
            for old in part.kept {
                self.kept.push(Kept {
                    old: old.clone(),
                    new,
                });
                new += old.len();
            }
            let wanted = part.kept.last()?.end;
            self.decoder
                .decode(deflated, part.length, wanted, &mut self.read)?;
            lost += clip(&self.read, &self.kept, &mut self.clipped);
        }
        if new != text.len() || lost > loss {
            return None;
        }
        let mut tokens = &self.clipped;
        if lost > 0 {
            self.mended.clear();
            mend::mend(&self.clipped, text, &mut self.chains, &mut self.mended);
            tokens = &self.mended;
        }
        let room = text.len().min(MAX_BLOCK - 64);
        wrap(text, room, out, |target| emit::emit(tokens, text, target))
    }
}

#[cfg(test)]
mod tests;
