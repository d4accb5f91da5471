//! Deflated bytes as literals and matches, without the text, which is there already.

use super::bits::Reader;
use super::symbols::{FIXED, FIXED_DISTANCE, PRECODE_ORDER};
use super::table::{DISTANCE_VALUES, LITLEN_VALUES, PRECODE_VALUES, Table};

/// So many literals, then a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sequence {
    pub literals: u32,
    /// Bytes of the match; 0 if the DEFLATE block ends instead.
    pub length: u16,
    /// How far back its source is; 0 while it is not known.
    pub distance: u16,
}

/// What one or more DEFLATE blocks hold.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub sequences: Vec<Sequence>,
    /// For each block, the sequences up to its end.
    pub ends: Vec<usize>,
    /// Literals not yet in a sequence.
    literals: u32,
}

impl Tokens {
    pub(super) fn clear(&mut self) {
        self.sequences.clear();
        self.ends.clear();
        self.literals = 0;
    }

    #[inline(always)]
    pub(super) fn literals(&mut self, count: u32) {
        self.literals += count;
    }

    /// A match; one of distance 0 is still to be found.
    #[inline(always)]
    pub(super) fn copy(&mut self, length: usize, distance: usize) {
        self.sequences.push(Sequence {
            literals: self.literals,
            length: length as u16,
            distance: distance as u16,
        });
        self.literals = 0;
    }

    /// Literals since the last match.
    pub(super) fn pending(&self) -> usize {
        self.literals as usize
    }

    /// Makes the last `count` literals, which are pending, part of what comes next.
    pub(super) fn take_back(&mut self, count: usize) {
        self.literals -= count as u32;
    }

    /// The last match, if no literal came after it.
    pub(super) fn last_copy(&mut self) -> Option<&mut Sequence> {
        let last = self.sequences.last_mut()?;
        (self.literals == 0 && last.length > 0).then_some(last)
    }

    /// Ends the block, if anything is in it.
    pub(super) fn end_block(&mut self) {
        if self.literals > 0 {
            self.copy(0, 0);
        }
        if self.sequences.len() > self.ends.last().copied().unwrap_or(0) {
            self.ends.push(self.sequences.len());
        }
    }

    /// The sequences of each block.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &[Sequence]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let block = &self.sequences[start..*end];
            start = *end;
            block
        })
    }
}

/// Reads tokens; keep one per thread for its tables.
#[derive(Default)]
pub(super) struct Decoder {
    litlens: Table<11, 4_352>,
    distances: Table<8, 2_304>,
    precode: Table<7, 128>,
}

impl Decoder {
    /// Reads the tokens of `deflated`, which inflates to `text` bytes, until `wanted` of them are
    /// covered, into `tokens`. `None` if something is wrong with it up to there, or it has less text, or it
    /// has more. Memory is O(`text` + length of `deflated`), whatever the bytes say.
    pub(super) fn decode(
        &mut self,
        deflated: &[u8],
        text: usize,
        wanted: usize,
        tokens: &mut Tokens,
    ) -> Option<()> {
        tokens.clear();
        let mut reader = Reader::new(deflated);
        let mut place = 0;
        loop {
            reader.refill();
            let last = reader.take(1) == 1;
            match reader.take(2) {
                0 => place += stored(&mut reader, tokens)?,
                1 => {
                    self.litlens.fill(&FIXED, &LITLEN_VALUES)?;
                    self.distances
                        .fill(&[FIXED_DISTANCE; 32], &DISTANCE_VALUES)?;
                    place = self.coded(&mut reader, place, text, wanted, tokens)?;
                }
                2 => {
                    self.read_codes(&mut reader)?;
                    place = self.coded(&mut reader, place, text, wanted, tokens)?;
                }
                _ => return None,
            }
            tokens.end_block();
            if place > text || !reader.is_sound() {
                return None;
            }
            if place >= wanted {
                return Some(());
            }
            if last {
                return None;
            }
        }
    }

    /// Reads the lengths of codes (RFC 1951 §3.2.7).
    fn read_codes(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let litlens = 257 + reader.take(5);
        let distances = 1 + reader.take(5);
        let precodes = 4 + reader.take(4);
        let mut lengths = [0; 19];
        for symbol in PRECODE_ORDER.iter().take(precodes) {
            reader.refill();
            lengths[*symbol] = reader.take(3) as u8;
        }
        self.precode.fill(&lengths, &PRECODE_VALUES)?;
        let mut lengths = [0_u8; 320];
        let mut at = 0;
        while at < litlens + distances {
            reader.refill();
            let entry = self.precode.find(reader.bits());
            if entry.is_special() {
                return None;
            }
            let symbol = entry.read(reader.bits());
            reader.skip(entry.taken());
            let (length, times) = match symbol {
                16 => (lengths[at.checked_sub(1)?], 3 + reader.take(2)),
                17 => (0, 3 + reader.take(3)),
                18 => (0, 11 + reader.take(7)),
                _ => (symbol as u8, 1),
            };
            if at + times > litlens + distances {
                return None;
            }
            lengths[at..at + times].fill(length);
            at += times;
        }
        let (litlens, rest) = lengths.split_at(litlens);
        self.litlens.fill(litlens, &LITLEN_VALUES)?;
        self.distances.fill(&rest[..distances], &DISTANCE_VALUES)
    }

    /// Reads a block of codes up to its end, or beyond `wanted`. Returns the place in the text.
    fn coded(
        &self,
        reader: &mut Reader<'_>,
        mut place: usize,
        text: usize,
        wanted: usize,
        tokens: &mut Tokens,
    ) -> Option<usize> {
        while place < wanted || wanted == text {
            let mut literals = 0;
            let entry = loop {
                reader.refill();
                // Three codes of 15 bits at most, of 56.
                let entry = self.litlens.find(reader.bits());
                if !entry.is_literal() {
                    break entry;
                }
                reader.skip(entry.taken());
                let entry = self.litlens.find(reader.bits());
                if !entry.is_literal() {
                    literals += 1;
                    break entry;
                }
                reader.skip(entry.taken());
                literals += 2;
                if literals > text {
                    return None;
                }
            };
            place += literals;
            tokens.literals(literals as u32);
            if entry.is_special() {
                reader.skip(entry.taken());
                return entry.is_end().then_some(place);
            }
            let length = entry.read(reader.bits()) as usize;
            reader.skip(entry.taken());
            reader.refill();
            let entry = self.distances.find(reader.bits());
            if entry.is_special() {
                return None;
            }
            let distance = entry.read(reader.bits()) as usize;
            reader.skip(entry.taken());
            if distance > place || place + length > text {
                return None;
            }
            place += length;
            tokens.copy(length, distance);
        }
        Some(place)
    }
}

/// Reads a stored block (RFC 1951 §3.2.4). Returns how many literals it holds.
fn stored(reader: &mut Reader<'_>, tokens: &mut Tokens) -> Option<usize> {
    let (lengths, rest) = reader.align().split_first_chunk()?;
    let [a, b, c, d] = *lengths;
    let length = u16::from_le_bytes([a, b]);
    if length != !u16::from_le_bytes([c, d]) {
        return None;
    }
    reader.restart(rest.get(usize::from(length)..)?);
    tokens.literals(u32::from(length));
    Some(usize::from(length))
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
