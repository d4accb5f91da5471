//! Tokens as DEFLATE blocks, each with codes of its own.

use super::bits::Writer;
use super::huffman::Code;
use super::lengths::CodeLengths;
use super::symbols::{
    DISTANCES, END, FIRST_LENGTH, FIXED, FIXED_DISTANCE, LENGTH_BASE, LENGTH_EXTRA, LENGTH_SYMBOL,
    LITLENS, MAX_MATCH, MIN_MATCH, distance_base, distance_extra, distance_symbol,
};
use super::table::MAX_CODE;
use super::tokens::{Sequence, Tokens};

/// How often symbols occur.
#[derive(Clone, Copy)]
struct Counts {
    litlens: [u32; LITLENS],
    distances: [u32; DISTANCES],
}

/// A block to be written.
struct Plan {
    /// How many sequences are in it.
    sequences: usize,
    counts: Counts,
    litlens: Code<LITLENS>,
    distances: Code<DISTANCES>,
    /// `None` for the fixed codes.
    lengths: Option<CodeLengths>,
    /// Bits that all of it takes.
    cost: usize,
}

/// Writes `tokens` of `text` into `room`, and returns how many bytes that are; `None` if they do not fit.
pub(super) fn emit(tokens: &Tokens, text: &[u8], room: &mut [u8]) -> Option<usize> {
    let plans = plan(tokens, text);
    let bits: usize = plans.iter().map(|plan| plan.cost).sum();
    if bits.div_ceil(8) + 8 > room.len() {
        return None;
    }
    let mut writer = Writer::new(room);
    let mut text = text;
    let mut sequences = tokens.sequences.as_slice();
    for (n, plan) in plans.iter().enumerate() {
        let (block, rest) = sequences.split_at_checked(plan.sequences)?;
        sequences = rest;
        writer.put(u64::from(n + 1 == plans.len()), 1);
        writer.put(if plan.lengths.is_some() { 2 } else { 1 }, 2);
        writer.flush();
        if let Some(lengths) = &plan.lengths {
            lengths.write(&mut writer);
        }
        text = plan.write(block, text, &mut writer)?;
    }
    writer.finish()
}

/// The blocks that are written: those of `tokens`, neighbours made one where that is shorter.
fn plan(tokens: &Tokens, text: &[u8]) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::with_capacity(tokens.ends.len());
    let mut text = text;
    for block in tokens.blocks() {
        let counts;
        (counts, text) = Counts::of(block, text);
        let this = Plan::new(block.len(), counts);
        if let Some(before) = plans.last_mut() {
            let both = Plan::new(before.sequences + block.len(), before.counts.with(&counts));
            if both.cost <= before.cost + this.cost {
                *before = both;
                continue;
            }
        }
        plans.push(this);
    }
    plans
}

impl Counts {
    /// Those of a block at the beginning of `text`, and the text behind it.
    fn of<'t>(block: &[Sequence], mut text: &'t [u8]) -> (Self, &'t [u8]) {
        let mut counts = Self {
            litlens: [0; LITLENS],
            distances: [0; DISTANCES],
        };
        for sequence in block {
            let length = usize::from(sequence.length);
            let literals = (sequence.literals as usize).min(text.len());
            for byte in &text[..literals] {
                counts.litlens[usize::from(*byte)] += 1;
            }
            text = text.get(literals + length..).unwrap_or_default();
            if length > 0 {
                let symbol = LENGTH_SYMBOL[length.min(MAX_MATCH)];
                counts.litlens[FIRST_LENGTH + usize::from(symbol)] += 1;
                counts.distances[distance_symbol(sequence.distance.into())] += 1;
            }
        }
        counts.litlens[END] = 1;
        (counts, text)
    }

    /// Those of two blocks made one.
    fn with(&self, other: &Self) -> Self {
        let mut both = *self;
        let litlens = both.litlens.iter_mut().zip(&other.litlens);
        let distances = both.distances.iter_mut().zip(&other.distances);
        litlens.chain(distances).for_each(|(a, b)| *a += b);
        both.litlens[END] = 1;
        both
    }

    /// The bits that follow symbols.
    fn extra(&self) -> usize {
        let lengths = self.litlens[FIRST_LENGTH..].iter().zip(LENGTH_EXTRA);
        let lengths = lengths.map(|(count, extra)| count * u32::from(extra));
        let distances = self.distances.iter().enumerate();
        let distances = distances.map(|(symbol, count)| count * distance_extra(symbol));
        lengths.chain(distances).sum::<u32>() as usize
    }
}

impl Plan {
    fn new(sequences: usize, counts: Counts) -> Self {
        let beside = 3 + counts.extra();
        let litlens = Code::new(&counts.litlens, MAX_CODE);
        let distances = Code::new(&counts.distances, MAX_CODE);
        let lengths = CodeLengths::new(&litlens.lengths, &distances.lengths);
        let cost = |litlens: &Code<LITLENS>, distances: &Code<DISTANCES>| {
            beside + litlens.cost(&counts.litlens) + distances.cost(&counts.distances)
        };
        let own = Self {
            sequences,
            counts,
            cost: cost(&litlens, &distances) + lengths.cost,
            litlens,
            distances,
            lengths: Some(lengths),
        };
        let litlens = Code::of_lengths(FIXED);
        let distances = Code::of_lengths([FIXED_DISTANCE; DISTANCES]);
        let fixed = cost(&litlens, &distances);
        if own.cost <= fixed {
            return own;
        }
        Self {
            litlens,
            distances,
            lengths: None,
            cost: fixed,
            ..own
        }
    }

    /// Writes the tokens and the end of the block. Returns the text behind it.
    fn write<'t>(
        &self,
        block: &[Sequence],
        mut text: &'t [u8],
        writer: &mut Writer<'_>,
    ) -> Option<&'t [u8]> {
        let lengths = self.length_codes();
        let literal_codes: [u32; 256] = std::array::from_fn(|byte| {
            u32::from(self.litlens.bits[byte]) | u32::from(self.litlens.lengths[byte]) << 24
        });
        for sequence in block {
            let (literals, rest) = text.split_at_checked(sequence.literals as usize)?;
            for byte in literals {
                let code = literal_codes[usize::from(*byte)];
                writer.put((code & 0xff_ffff).into(), code >> 24);
                // Of 56 bits, a literal takes 15.
                if writer.pending() > 40 {
                    writer.flush();
                }
            }
            writer.flush();
            let length = usize::from(sequence.length);
            text = rest.get(length..)?;
            if length > 0 {
                let code = lengths.get(length - MIN_MATCH).copied().unwrap_or(0);
                writer.put((code & 0xff_ffff).into(), code >> 24);
                let distance = u32::from(sequence.distance);
                let symbol = distance_symbol(distance);
                let size = u32::from(self.distances.lengths[symbol]);
                let value = distance - distance_base(symbol);
                let bits = u64::from(self.distances.bits[symbol]) | u64::from(value) << size;
                writer.put(bits, size + distance_extra(symbol));
                writer.flush();
            }
        }
        writer.put(
            self.litlens.bits[END].into(),
            self.litlens.lengths[END].into(),
        );
        writer.flush();
        Some(text)
    }

    /// For each length of a match, from the shortest: code and value, and above 24 bits how many they are.
    fn length_codes(&self) -> [u32; MAX_MATCH - MIN_MATCH + 1] {
        std::array::from_fn(|n| {
            let symbol = usize::from(LENGTH_SYMBOL[n + MIN_MATCH]);
            let size = u32::from(self.litlens.lengths[FIRST_LENGTH + symbol]);
            let bits = u32::from(self.litlens.bits[FIRST_LENGTH + symbol]);
            let value = (n + MIN_MATCH) as u32 - u32::from(LENGTH_BASE[symbol]);
            let all = size + u32::from(LENGTH_EXTRA[symbol]);
            bits | value << size | all << 24
        })
    }
}
