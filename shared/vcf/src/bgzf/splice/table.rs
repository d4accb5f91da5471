//! Tables that tell the symbol of the bits that come next. Codes longer than the table's width go on
//! in a second table behind it.

use super::symbols::{
    DISTANCES, FIRST_LENGTH, LENGTH_BASE, LENGTH_EXTRA, LITLENS, distance_base, distance_extra,
};

/// The longest code (RFC 1951 §3.2.7).
pub(super) const MAX_CODE: usize = 15;

/// What the next bits stand for. From the lowest bit: 8 bits for how many bits code and value take
/// together, 8 for how many the code takes, with [`Self::SPECIAL`] and [`Self::POINTER`] above, 15 for
/// the least value or the place of the second table, and [`Self::LITERAL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u32);

impl Entry {
    const LITERAL: u32 = 1 << 31;
    /// The end of a block, a second table, or nothing.
    const SPECIAL: u32 = 1 << 15;
    const POINTER: u32 = 1 << 14;
    /// Of special ones, the end of a block.
    const END: u32 = 1 << 13;
    const NOTHING: Self = Self(Self::SPECIAL);

    /// Of a symbol that stands for `base` and `extra` more bits.
    const fn value(base: u32, extra: u32) -> Self {
        Self(base << 16 | extra)
    }

    #[inline(always)]
    pub(super) fn is_literal(self) -> bool {
        self.0 & Self::LITERAL != 0
    }

    #[inline(always)]
    pub(super) fn is_special(self) -> bool {
        self.0 & Self::SPECIAL != 0
    }

    pub(super) fn is_end(self) -> bool {
        self.0 & Self::END != 0
    }

    /// Bits of code and value.
    #[inline(always)]
    pub(super) fn taken(self) -> u32 {
        self.0 & 0x3f
    }

    /// The value, of the same bits that the entry was found with.
    #[inline(always)]
    pub(super) fn read(self, bits: u64) -> u32 {
        let code = (self.0 >> 8) & 0xf;
        ((self.0 >> 16) & 0x7fff) + ((bits & ((1 << self.taken()) - 1)) >> code) as u32
    }
}

/// What the symbols of literals and lengths stand for.
pub(super) const LITLEN_VALUES: [Entry; LITLENS] = {
    let mut values = [Entry::NOTHING; LITLENS];
    let mut symbol = 0;
    while symbol < 256 {
        values[symbol] = Entry(Entry::LITERAL);
        symbol += 1;
    }
    values[256] = Entry(Entry::SPECIAL | Entry::END);
    let mut length = 0;
    while length < LENGTH_BASE.len() {
        values[FIRST_LENGTH + length] =
            Entry::value(LENGTH_BASE[length] as u32, LENGTH_EXTRA[length] as u32);
        length += 1;
    }
    values
};

/// What the symbols of distances stand for.
pub(super) const DISTANCE_VALUES: [Entry; DISTANCES] = {
    let mut values = [Entry::NOTHING; DISTANCES];
    let mut symbol = 0;
    while symbol < 30 {
        values[symbol] = Entry::value(distance_base(symbol), distance_extra(symbol));
        symbol += 1;
    }
    values
};

/// What the symbols of code lengths stand for: themselves.
pub(super) const PRECODE_VALUES: [Entry; 19] = {
    let mut values = [Entry::NOTHING; 19];
    let mut symbol = 0;
    while symbol < 19 {
        values[symbol] = Entry::value(symbol as u32, 0);
        symbol += 1;
    }
    values
};

/// Found by `WIDTH` bits; `SIZE` entries with those of the second tables.
pub(super) struct Table<const WIDTH: usize, const SIZE: usize> {
    entries: Box<[Entry; SIZE]>,
}

impl<const WIDTH: usize, const SIZE: usize> Default for Table<WIDTH, SIZE> {
    fn default() -> Self {
        Self {
            entries: Box::new([Entry::NOTHING; SIZE]),
        }
    }
}

impl<const WIDTH: usize, const SIZE: usize> Table<WIDTH, SIZE> {
    /// Fills the table from the length of each symbol's code, 0 for none, and what the symbols stand for.
    /// `None` if the lengths are not those of a code: it may be incomplete only if it is a single code of
    /// one bit, or none.
    pub(super) fn fill(&mut self, lengths: &[u8], values: &[Entry]) -> Option<()> {
        let mut counts = [0_usize; MAX_CODE + 1];
        for length in lengths {
            *counts.get_mut(usize::from(*length))? += 1;
        }
        counts[0] = 0;
        let used: usize = (1..=MAX_CODE)
            .map(|length| counts[length] << (MAX_CODE - length))
            .sum();
        let complete = used == 1 << MAX_CODE;
        if !complete && (counts[1] != 1 || used != 1 << (MAX_CODE - 1)) && used != 0 {
            return None;
        }
        let mut next = [0_usize; MAX_CODE + 2];
        for length in 1..=MAX_CODE {
            next[length + 1] = (next[length] + counts[length]) << 1;
        }
        if !complete {
            self.entries[..1 << WIDTH].fill(Entry::NOTHING);
        }
        let longest = (1..=MAX_CODE)
            .rev()
            .find(|length| counts[*length] > 0)
            .unwrap_or(0);
        if longest > WIDTH {
            // To see where no second table is yet.
            self.entries[..1 << WIDTH].fill(Entry::NOTHING);
        }
        let second = longest.saturating_sub(WIDTH);
        let mut end = 1 << WIDTH;
        for (length, value) in lengths.iter().zip(values) {
            let length = usize::from(*length);
            if length == 0 {
                continue;
            }
            let code = (next[length] as u16).reverse_bits() as usize >> (16 - length);
            next[length] += 1;
            let entry = Entry(value.0 + (length << 8 | length) as u32);
            if length <= WIDTH {
                let places = self.entries[..1 << WIDTH].iter_mut();
                places
                    .skip(code)
                    .step_by(1 << length)
                    .for_each(|place| *place = entry);
                continue;
            }
            let first = code & ((1 << WIDTH) - 1);
            if self.entries[first] == Entry::NOTHING {
                let pointer = Entry::SPECIAL | Entry::POINTER;
                self.entries[first] = Entry((end << 16) as u32 | pointer | second as u32);
                end += 1 << second;
            }
            let start = (self.entries[first].0 >> 16) as usize;
            let places = self.entries.get_mut(start..start + (1 << second))?;
            places
                .iter_mut()
                .skip(code >> WIDTH)
                .step_by(1 << (length - WIDTH))
                .for_each(|place| *place = entry);
        }
        Some(())
    }

    /// What the next bits stand for.
    #[inline(always)]
    pub(super) fn find(&self, bits: u64) -> Entry {
        let entry = self.entries[bits as usize & ((1 << WIDTH) - 1)];
        if entry.0 & Entry::POINTER == 0 {
            return entry;
        }
        let within = (bits >> WIDTH) as usize & ((1 << entry.taken()) - 1);
        let place = (entry.0 >> 16) as usize + within;
        self.entries.get(place).copied().unwrap_or(Entry::NOTHING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Small = Table<7, 128>;

    #[test]
    fn lengths_that_are_no_code_are_refused() {
        let mut table = Small::default();
        for lengths in [&[1, 1, 1][..], &[2, 2, 2], &[1, 2], &[2], &[16, 1]] {
            assert!(
                table.fill(lengths, &PRECODE_VALUES).is_none(),
                "{lengths:?}"
            );
        }
        for lengths in [
            &[1, 1][..],
            &[1],
            &[0, 1],
            &[0, 0],
            &[1, 2, 3, 3],
            &[0, 2, 2, 2, 2],
        ] {
            assert!(
                table.fill(lengths, &PRECODE_VALUES).is_some(),
                "{lengths:?}"
            );
        }
    }

    #[test]
    fn long_codes_are_found() {
        // Lengths 1, 2, 3, … 15, 15: the longest codes go beyond the first table.
        let mut lengths: Vec<u8> = (1..=15).collect();
        lengths.push(15);
        let mut table = Table::<8, 2_304>::default();
        table.fill(&lengths, &DISTANCE_VALUES).unwrap();
        for (symbol, length) in lengths.iter().enumerate() {
            let ones = (1_u64 << symbol.min(15)) - 1;
            let entry = table.find(ones);
            let length = u32::from(*length);
            assert_eq!(entry.taken(), length + distance_extra(symbol));
            assert_eq!(entry.read(ones), distance_base(symbol));
        }
    }

    #[test]
    fn a_lone_code_leaves_the_other_bit_without_meaning() {
        let mut table = Small::default();
        table.fill(&[1, 1], &PRECODE_VALUES).unwrap();
        table.fill(&[0, 1], &PRECODE_VALUES).unwrap();
        assert_eq!(table.find(0).read(0), 1);
        assert!(table.find(1).is_special());
    }
}
