//! The symbols of DEFLATE (RFC 1951 §3.2.5 and §3.2.6).

/// Symbols of literals, of the end of a block, and of lengths; two of them stand for nothing.
pub(super) const LITLENS: usize = 288;
/// Symbols of distances; two of them stand for nothing.
pub(super) const DISTANCES: usize = 32;
/// The end of a block.
pub(super) const END: usize = 256;
/// The first symbol of a length.
pub(super) const FIRST_LENGTH: usize = 257;
/// The shortest match.
pub(super) const MIN_MATCH: usize = 3;
/// The longest match.
pub(super) const MAX_MATCH: usize = 258;
/// The longest distance.
pub(super) const MAX_DISTANCE: usize = 32_768;

/// For each symbol of a length, the shortest it stands for.
pub(super) const LENGTH_BASE: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
];

/// For each symbol of a length, the bits that follow.
pub(super) const LENGTH_EXTRA: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];

/// For each length, its symbol less [`FIRST_LENGTH`].
pub(super) const LENGTH_SYMBOL: [u8; MAX_MATCH + 1] = {
    let mut symbols = [0; MAX_MATCH + 1];
    let mut length = MIN_MATCH;
    let mut symbol = 0;
    while length <= MAX_MATCH {
        if symbol + 1 < LENGTH_BASE.len() && LENGTH_BASE[symbol + 1] as usize <= length {
            symbol += 1;
        }
        symbols[length] = symbol as u8;
        length += 1;
    }
    symbols
};

/// The bits that follow the symbol of a distance.
pub(super) const fn distance_extra(symbol: usize) -> u32 {
    (symbol as u32 / 2).saturating_sub(1)
}

/// The shortest distance that a symbol stands for.
pub(super) const fn distance_base(symbol: usize) -> u32 {
    if symbol < 4 {
        symbol as u32 + 1
    } else {
        ((2 + (symbol as u32 & 1)) << distance_extra(symbol)) + 1
    }
}

/// The symbol of a distance of 1 to [`MAX_DISTANCE`].
#[inline(always)]
pub(super) fn distance_symbol(distance: u32) -> usize {
    let less = distance.wrapping_sub(1);
    if less < 4 {
        less as usize
    } else {
        let top = less.ilog2();
        (2 * top + ((less >> (top - 1)) & 1)) as usize & (DISTANCES - 1)
    }
}

/// The lengths of the fixed codes.
pub(super) const FIXED: [u8; LITLENS] = {
    let mut lengths = [8; LITLENS];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < 256 { 9 } else { 7 };
        symbol += 1;
    }
    lengths
};

/// The length of the fixed codes of distances.
pub(super) const FIXED_DISTANCE: u8 = 5;

/// The order in which the lengths of the codes of code lengths are written (RFC 1951 §3.2.7).
pub(super) const PRECODE_ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_and_distance_has_its_symbol() {
        for (length, symbol) in LENGTH_SYMBOL.iter().enumerate().skip(MIN_MATCH) {
            let symbol = usize::from(*symbol);
            let extra = length - usize::from(LENGTH_BASE[symbol]);
            assert!(extra < 1 << LENGTH_EXTRA[symbol], "{length}");
        }
        assert_eq!(LENGTH_SYMBOL[MAX_MATCH], 28);
        for distance in 1..=MAX_DISTANCE as u32 {
            let symbol = distance_symbol(distance);
            let extra = distance - distance_base(symbol);
            assert!(extra < 1 << distance_extra(symbol), "{distance}");
        }
        // From the table of RFC 1951.
        assert_eq!(distance_base(29), 24_577);
        assert_eq!(distance_extra(29), 13);
        assert_eq!(distance_base(4), 5);
    }
}
